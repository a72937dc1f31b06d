-- Step 12: by when the desk wants to have done what customers wait for.

ALTER TABLE tickets ADD COLUMN targets TEXT NOT NULL DEFAULT '[]'; -- JSON array: what, started_at, due_at, met_at, breached_at and how it is counted
ALTER TABLE tickets ADD COLUMN target_at INTEGER;                  -- by when the first open one is due; NULL if none is open, or all are paused
