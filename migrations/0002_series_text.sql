-- The words of the catalogue, for search. They stand in `series`; this is an index over them, which whoever changes
-- `series` renews. No trigger does: SQLite does not trust the full-text module inside of a schema.

CREATE VIRTUAL TABLE series_text USING fts5(
    series_id, title, description,
    content = 'series', content_rowid = 'series', tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO series_text (series_text) VALUES ('rebuild');
