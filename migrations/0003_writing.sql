-- Who may write, who has written, and what has been taken out again.

-- Of a token only the hash is here; its name is given once, so that an import's token is never another one.
CREATE TABLE token (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64), -- SHA-256 of the whole token, in hexadecimal
    may_import INTEGER NOT NULL CHECK (may_import IN (0, 1)),
    may_revert INTEGER NOT NULL CHECK (may_revert IN (0, 1)),
    expires_day INTEGER NOT NULL,                  -- the last day it is good for
    created_at INTEGER NOT NULL,
    revoked_at INTEGER                             -- null: it is not
) STRICT, WITHOUT ROWID;

ALTER TABLE import ADD COLUMN token TEXT REFERENCES token;  -- null: of the bundle or the command line
ALTER TABLE import ADD COLUMN request_key TEXT;    -- the Idempotency-Key it came with; null: none
ALTER TABLE import ADD COLUMN request_digest TEXT; -- of the bytes that came with it
ALTER TABLE import ADD COLUMN reverted_at INTEGER; -- null: its rows are there
ALTER TABLE import ADD COLUMN reverted_by TEXT REFERENCES token;
ALTER TABLE import ADD COLUMN reverted_generation INTEGER; -- the one without its rows

CREATE INDEX import_by_digest ON import (digest);
CREATE UNIQUE INDEX import_by_request ON import (token, request_key) WHERE request_key IS NOT NULL;

-- What an import added and skipped, kind by kind.
CREATE TABLE import_count (
    import INTEGER NOT NULL REFERENCES import,
    kind TEXT NOT NULL CHECK (kind IN ('series', 'sources', 'reports', 'claims', 'rulings')),
    added INTEGER NOT NULL,
    skipped INTEGER,                               -- null: not counted by kind when it was made
    PRIMARY KEY (import, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO import_count
SELECT import, 'series', count(*), NULL FROM series GROUP BY import
UNION ALL SELECT import, 'sources', count(*), NULL FROM source GROUP BY import
UNION ALL SELECT import, 'reports', count(*), NULL FROM report GROUP BY import
UNION ALL SELECT import, 'claims', count(*), NULL FROM claim GROUP BY import
UNION ALL SELECT import, 'rulings', count(*), NULL FROM ruling GROUP BY import;
