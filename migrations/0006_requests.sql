-- The Idempotency-Keys of batches that brought nothing new, and so made no import of their own: a key is tied to its batch
-- all the same.
CREATE TABLE request (
    token TEXT NOT NULL REFERENCES token,
    request_key TEXT NOT NULL,
    request_digest TEXT NOT NULL,                  -- of the bytes that came with it
    import INTEGER REFERENCES import,              -- the earlier one of the same bytes; null: there was none
    PRIMARY KEY (token, request_key)
) STRICT, WITHOUT ROWID;
