-- Agents as they were when tasks were asked for: a task runs as this says, whatever becomes of the file meanwhile.
CREATE TABLE agent_versions (
    digest     TEXT    PRIMARY KEY, -- of `spec`
    spec       TEXT    NOT NULL,    -- JSON
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- NULL for tasks of earlier versions of Adjutant.
ALTER TABLE tasks ADD COLUMN agent_version TEXT REFERENCES agent_versions (digest);

-- Whether plain text always goes to the conversation's agent, also after another one was called once.
ALTER TABLE conversations ADD COLUMN bound INTEGER NOT NULL DEFAULT 0 CHECK (bound IN (0, 1));

-- What the list of agents shows, for the buttons that turn its pages: JSON, NULL for all of them.
ALTER TABLE conversations ADD COLUMN browsing TEXT;
