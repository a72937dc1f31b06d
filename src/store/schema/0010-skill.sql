-- Step 10: what whoever gets a ticket must know well.

ALTER TABLE tickets ADD COLUMN skill TEXT; -- what a rule asked for; NULL if that follows from the queue
