-- Step 6: the further address of the desk to which a first mail was written, from which its answers come.

ALTER TABLE tickets ADD COLUMN written_to TEXT;
