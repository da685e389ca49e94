-- The generation in which reports or rulings of a series were last added or taken out, so that what was made of a series
-- can be kept as long as it holds. What is there already counts as changed now.
ALTER TABLE series ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;

UPDATE series SET changed = (SELECT generation FROM store);
