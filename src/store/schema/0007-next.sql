-- Step 7: what a ticket waits for stands in the ticket, and what is due is one query.

ALTER TABLE tickets ADD COLUMN promises TEXT NOT NULL DEFAULT '[]'; -- JSON array, as made: what, who, made_at, due_at, kept_at
ALTER TABLE tickets ADD COLUMN wakes TEXT NOT NULL DEFAULT '[]';    -- JSON array of what is to happen: what, at, agent, words
ALTER TABLE tickets ADD COLUMN promised_at INTEGER;                 -- by when the first open promise is due; NULL if none is open
ALTER TABLE tickets ADD COLUMN next_at INTEGER;                     -- when to look at it again; NULL for never

UPDATE tickets SET
    promises = (SELECT json_group_array(json_object(
            'what', what, 'who', who, 'made_at', strftime('%Y-%m-%dT%H:%M:%fZ', made_at / 1000.0, 'unixepoch'),
            'due_at', strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch'),
            'kept_at', strftime('%Y-%m-%dT%H:%M:%fZ', kept_at / 1000.0, 'unixepoch')))
        FROM (SELECT * FROM promises WHERE ticket = tickets.number ORDER BY id)),
    promised_at = (SELECT min(due_at) FROM promises WHERE ticket = tickets.number AND kept_at IS NULL),
    wakes = (SELECT json_group_array(json_object(
            'what', kind, 'at', strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch'), 'agent', agent, 'words', what))
        FROM (SELECT * FROM wakes WHERE ticket = tickets.number AND done_at IS NULL ORDER BY at, id));

DROP TABLE promises;
DROP TABLE wakes;
CREATE INDEX tickets_promised ON tickets (promised_at) WHERE promised_at IS NOT NULL;
CREATE INDEX tickets_next ON tickets (next_at) WHERE next_at IS NOT NULL;
