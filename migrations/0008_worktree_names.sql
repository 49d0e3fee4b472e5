-- The name of a worktree is given out once: two tasks of one name would take each other's directory for their own.
-- Where that has happened, one of them was never made, and lets go of the name.
UPDATE worktrees SET name = name || '-of-' || task
WHERE state IN ('making', 'removing', 'removed') AND EXISTS (
    SELECT 1 FROM worktrees other
    WHERE other.name = worktrees.name
        AND (other.task < worktrees.task OR other.state NOT IN ('making', 'removing', 'removed'))
        AND other.task <> worktrees.task
);

CREATE UNIQUE INDEX worktrees_name ON worktrees (name);
