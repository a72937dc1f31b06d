-- Step 2: what agents' commands need.

-- A mail whose signature cannot be judged now, because nobody answers for its key, waits and lets others pass.
ALTER TABLE inbox ADD COLUMN put_off INTEGER NOT NULL DEFAULT 0; -- how often it was put off
ALTER TABLE inbox ADD COLUMN not_before INTEGER;                 -- it is not decided before; NULL for now
