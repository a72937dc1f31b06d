-- Step 13: what customers were asked about how they were served, and the marks they gave.

ALTER TABLE tickets ADD COLUMN survey TEXT;       -- JSON object: asked_at, of, agent, mark, text, at and whether it is open; NULL if nobody was asked
ALTER TABLE tickets ADD COLUMN marked_at INTEGER; -- when the mark was given; NULL while there is none

CREATE INDEX tickets_marked ON tickets (marked_at) WHERE marked_at IS NOT NULL;
