-- Step 8: what stands in the words of `reason`, so that nobody reads it out of them.

ALTER TABLE inbox ADD COLUMN code TEXT;   -- why the mail ended so, as the log names it; NULL where only words are known
ALTER TABLE inbox ADD COLUMN signer TEXT; -- the domain whose signature of it was checked here, where that vouches for its sender
