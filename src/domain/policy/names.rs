//! The names of all engines' tools, and what they stand for.

/// What a tool's name says that it does; [`ToolKind`] without what it is used on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Read,
    Search,
    Edit,
    Command,
    Fetch,
    WebSearch,
    Agent,
    Skill,
    Inward,
    Mcp,
    Other,
}

/// Whose name it is. Names of one family are different tools; a name that stands for a whole group is of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Claude,
    Gemini,
    OpenCode,
    Codex,
    Group,
}

use Family::{Claude, Codex, Gemini, Group, OpenCode};

/// All names. Sources: the engines' lists of tools, and the documentation of OpenCode's permissions and of Copilot's
/// aliases. One that stands twice is what stands first where nothing else tells.
const NAMES: &[(Family, Class, &[&str])] = &[
    (Claude, Class::Read, &["Read", "NotebookRead", "ListMcpResourcesTool", "ReadMcpResourceTool"]),
    (Claude, Class::Search, &["Grep", "Glob", "LS", "LSP"]),
    (Claude, Class::Edit, &["Edit", "MultiEdit", "Write", "NotebookEdit"]),
    (Claude, Class::Command, &["Bash", "PowerShell", "Monitor"]),
    (Claude, Class::Fetch, &["WebFetch"]),
    (Claude, Class::WebSearch, &["WebSearch"]),
    (Claude, Class::Agent, &["Agent", "Task"]),
    (Claude, Class::Skill, &["Skill", "SlashCommand"]),
    (
        Claude,
        Class::Inward,
        &[
            "TodoWrite",
            "TodoRead",
            "TaskCreate",
            "TaskUpdate",
            "TaskGet",
            "TaskList",
            "TaskOutput",
            "TaskStop",
            "BashOutput",
            "KillShell",
            "KillBash",
            "AgentOutputTool",
            "AskUserQuestion",
            "ExitPlanMode",
            "EnterPlanMode",
            "ToolSearch",
        ],
    ),
    (Gemini, Class::Read, &["read_file", "read_many_files", "get_internal_docs"]),
    (Gemini, Class::Search, &["search_file_content", "grep_search", "glob", "list_directory"]),
    (Gemini, Class::Edit, &["write_file", "replace", "save_memory"]),
    (Gemini, Class::Command, &["run_shell_command"]),
    (Gemini, Class::Fetch, &["web_fetch"]),
    (Gemini, Class::WebSearch, &["google_web_search"]),
    (Gemini, Class::Agent, &["codebase_investigator", "delegate_to_agent", "invoke_agent"]),
    (Gemini, Class::Skill, &["activate_skill"]),
    (
        Gemini,
        Class::Inward,
        &["write_todos", "ask_user", "complete_task", "enter_plan_mode", "exit_plan_mode"],
    ),
    (OpenCode, Class::Search, &["grep", "glob", "list", "ls", "lsp", "codesearch"]),
    (OpenCode, Class::Inward, &["todowrite", "todoread", "question", "doom_loop", "plan_enter", "plan_exit"]),
    (
        Codex,
        Class::Command,
        &["shell", "local_shell", "exec_command", "write_stdin", "shell_command", "unified_exec"],
    ),
    (Codex, Class::Edit, &["apply_patch"]),
    (Codex, Class::Read, &["view_image"]),
    (Codex, Class::WebSearch, &["web_search"]),
    (Codex, Class::Inward, &["update_plan"]),
    (Group, Class::Read, &["read", "view", "readFile", "notebook_read"]),
    (
        Group,
        Class::Search,
        &["search", "codebase", "usages", "textSearch", "fileSearch", "listDirectory", "problems", "changes"],
    ),
    (
        Group,
        Class::Edit,
        &[
            "edit",
            "write",
            "patch",
            "create",
            "delete",
            "move",
            "str_replace_editor",
            "editFiles",
            "createFile",
        ],
    ),
    (
        Group,
        Class::Command,
        &[
            "bash",
            "execute",
            "powershell",
            "terminal",
            "runCommands",
            "runInTerminal",
            "run_in_terminal",
            "runTasks",
            "runTests",
        ],
    ),
    (Group, Class::Fetch, &["fetch", "webfetch", "web"]),
    (Group, Class::WebSearch, &["websearch"]),
    (Group, Class::Agent, &["agent", "task", "custom-agent", "runSubagent"]),
    (Group, Class::Skill, &["skill"]),
    (Group, Class::Inward, &["todo", "todos", "think", "switch_mode", "report_intent", "update_todo"]),
];

/// Whose tool it is, and what it does.
pub(super) fn lookup(name: &str) -> Option<(Family, Class)> {
    let find = |fits: &dyn Fn(&str) -> bool| {
        let named = |(_, _, names): &&(Family, Class, &[&str])| names.iter().any(|known| fits(known));
        NAMES.iter().find(named).map(|(family, class, _)| (*family, *class))
    };
    // Copilot writes `execute/runInTerminal` for one tool of a set.
    let set = || {
        let (set, _) = name.split_once('/')?;
        find(&|known| known == set).filter(|(family, _)| *family == Group)
    };
    find(&|known| known == name).or_else(|| find(&|known| known.eq_ignore_ascii_case(name))).or_else(set)
}

/// The names of a family for what does the same: the one that is spelled alike, or all.
pub(super) fn names_of(family: Family, class: Class, name: &str) -> Vec<String> {
    let names = NAMES.iter().filter(|(of, does, _)| *of == family && *does == class);
    let names: Vec<&str> = names.flat_map(|(_, _, names)| names.iter().copied()).collect();
    let alike: Vec<&str> = names.iter().copied().filter(|known| known.eq_ignore_ascii_case(name)).collect();
    let chosen = if alike.is_empty() { names } else { alike };
    chosen.into_iter().map(str::to_owned).collect()
}
