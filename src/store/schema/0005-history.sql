-- Step 5: what a first mail quotes, which the desk has never seen.

ALTER TABLE entries ADD COLUMN history TEXT;
