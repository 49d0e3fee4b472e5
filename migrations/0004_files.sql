-- Files that came with a task's prompt: a JSON list, NULL for none.
ALTER TABLE tasks ADD COLUMN files TEXT;
