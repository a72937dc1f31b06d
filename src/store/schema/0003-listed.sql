-- Step 3: a UID that was used before may name another mail, where a mailbox was put back to an older state.

-- What the server said of the mail when it was listed; NULL for mail of earlier versions, of the pipe, or if it said nothing.
ALTER TABLE inbox ADD COLUMN listed_size INTEGER; -- RFC822.SIZE
ALTER TABLE inbox ADD COLUMN received_at INTEGER; -- INTERNALDATE
