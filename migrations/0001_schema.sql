-- Facts and decisions are stored; everything else is computed from them.
--
-- Amounts are whole millionths of the series' unit. A month is year * 12 + month - 1. A date is the number of
-- days since 1970-01-01; one known only to the month is its last day. Texts of dates and periods stand
-- beside these numbers as they were written.

CREATE TABLE store (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id TEXT NOT NULL CHECK (length(id) = 32),      -- random; tells one store's answers from another's
    generation INTEGER NOT NULL CHECK (generation > 0),
    changed_at INTEGER NOT NULL,                   -- seconds since 1970-01-01 UTC
    is_bundled INTEGER NOT NULL CHECK (is_bundled IN (0, 1)) -- 0: never to be filled with the bundle
) STRICT;

INSERT INTO store VALUES (1, lower(hex(randomblob(16))), 1, unixepoch(), 1);

-- A batch of rows that came together.
CREATE TABLE import (
    import INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('bundle', 'file')),
    version TEXT NOT NULL,                         -- of the bundle; else empty
    digest TEXT NOT NULL,                          -- of the bundle's bytes; else empty
    imported_at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    added INTEGER NOT NULL,
    skipped INTEGER NOT NULL
) STRICT;

CREATE TABLE series (
    series INTEGER PRIMARY KEY,
    series_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    unit TEXT NOT NULL,
    aggregation TEXT NOT NULL CHECK (aggregation = 'sum'),
    fiscal_year_start INTEGER NOT NULL CHECK (fiscal_year_start BETWEEN 1 AND 12),
    part_of TEXT REFERENCES series (series_id) DEFERRABLE INITIALLY DEFERRED,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE UNIQUE INDEX series_default ON series (is_default) WHERE is_default = 1;
CREATE INDEX series_part_of ON series (part_of);

CREATE TABLE source (
    source INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL UNIQUE,
    publisher TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    published TEXT NOT NULL,                       -- a day, or a month where only that is known
    published_day INTEGER NOT NULL,
    date_basis TEXT NOT NULL CHECK (date_basis IN ('page', 'url', 'inferred')),
    kind TEXT NOT NULL,
    authority INTEGER NOT NULL CHECK (authority BETWEEN 1 AND 3),
    import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX source_by_day ON source (published_day, source_id);

CREATE TABLE report (
    series INTEGER NOT NULL REFERENCES series DEFERRABLE INITIALLY DEFERRED,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (last >= first),
    source INTEGER NOT NULL REFERENCES source DEFERRABLE INITIALLY DEFERRED,
    period TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (abs(value) < 1000000000000000),
    precision INTEGER NOT NULL CHECK (precision > 0 AND precision < 1000000000000000),
    note TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (series, first, last, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_by_source ON report (source);

CREATE TABLE claim (
    claim INTEGER PRIMARY KEY,
    claim_id TEXT NOT NULL UNIQUE,
    source INTEGER NOT NULL REFERENCES source DEFERRABLE INITIALLY DEFERRED,
    series INTEGER NOT NULL REFERENCES series DEFERRABLE INITIALLY DEFERRED,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (last >= first),
    value INTEGER NOT NULL CHECK (abs(value) < 1000000000000000),
    unit TEXT NOT NULL,
    precision INTEGER NOT NULL CHECK (precision > 0 AND precision < 1000000000000000),
    statement TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX claim_by_source ON claim (source);
CREATE INDEX claim_by_series ON claim (series, metric, first, last);

CREATE TABLE ruling (
    series INTEGER NOT NULL REFERENCES series DEFERRABLE INITIALLY DEFERRED,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (last >= first),
    ruled_day INTEGER NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject')),
    value INTEGER NOT NULL CHECK (abs(value) < 1000000000000000),
    period TEXT NOT NULL,
    precision INTEGER NOT NULL CHECK (precision > 0 AND precision < 1000000000000000),
    ruled_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (series, first, last, ruled_day, decision, value)
) STRICT, WITHOUT ROWID;
