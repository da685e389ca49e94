-- Series whose months do not add up: averages such as rates, and what there is at the end of a month. A CHECK can not
-- be changed, so the table is made anew; what refers to it finds its rows again before the commit.
PRAGMA defer_foreign_keys = 1;

CREATE TABLE series_before AS SELECT * FROM series;

DROP TABLE series;

CREATE TABLE series (
    series INTEGER PRIMARY KEY,
    series_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    unit TEXT NOT NULL,
    aggregation TEXT NOT NULL CHECK (aggregation IN ('sum', 'average', 'last')),
    fiscal_year_start INTEGER NOT NULL CHECK (fiscal_year_start BETWEEN 1 AND 12),
    part_of TEXT REFERENCES series (series_id) DEFERRABLE INITIALLY DEFERRED,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    import INTEGER NOT NULL REFERENCES import DEFERRABLE INITIALLY DEFERRED
) STRICT;

INSERT INTO series (series, series_id, title, description, unit, aggregation, fiscal_year_start, part_of, is_default,
                    import)
SELECT series, series_id, title, description, unit, aggregation, fiscal_year_start, part_of, is_default, import
FROM series_before;

DROP TABLE series_before;

CREATE UNIQUE INDEX series_default ON series (is_default) WHERE is_default = 1;
CREATE INDEX series_part_of ON series (part_of);
