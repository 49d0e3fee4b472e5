-- What was used, hour by hour, so that the sums of a month are quick however many tasks there were. Only tasks whose engine
-- told what it used are counted. Chat 0 stands for all chats together: no chat has that id.
CREATE TABLE usage_hours (
    chat     INTEGER NOT NULL,
    hour     INTEGER NOT NULL, -- whole hours since 1970
    agent    TEXT    NOT NULL,
    engine   TEXT    NOT NULL,
    tasks    INTEGER NOT NULL,
    tokens   INTEGER NOT NULL,
    cost_usd REAL    NOT NULL,
    PRIMARY KEY (chat, hour, agent, engine)
) STRICT, WITHOUT ROWID;

-- The session that this very task continues, whatever its conversation says.
ALTER TABLE tasks ADD COLUMN resume TEXT;

CREATE INDEX runs_task ON runs (task, started_at);

-- The slash commands that the session offers, and when a person last asked to start over.
ALTER TABLE conversations ADD COLUMN offers TEXT; -- JSON
ALTER TABLE conversations ADD COLUMN renewed_at INTEGER;
