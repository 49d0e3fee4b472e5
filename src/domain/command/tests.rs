//! What people write is read as the command, the prompt or the prose that it is.

use proptest::prelude::*;

use super::{COMMANDS, Command, Parsed, can_be_tapped, is_ours, mentions, parse};
use crate::domain::ids::TaskId;

const BOT: &str = "adjutant_bot";

fn command(command: Command) -> Parsed {
    Parsed::Command(command)
}

fn agent(name: Option<&str>, prompt: Option<&str>) -> Parsed {
    command(Command::Agent { name: name.map(Into::into), prompt: prompt.map(Into::into) })
}

fn text(text: &str) -> Parsed {
    Parsed::Text(text.into())
}

fn invalid(command: &str, arguments: &str, expected: Option<&'static str>) -> Parsed {
    Parsed::Invalid { command: command.into(), arguments: arguments.into(), expected }
}

fn check(table: &[(&str, Parsed)]) {
    for (written, expected) in table {
        assert_eq!(parse(written, BOT), *expected, "{written:?}");
    }
}

#[test]
fn commands_without_arguments() {
    check(&[
        ("/start", command(Command::Start)),
        ("/start deep-link", command(Command::Start)),
        ("/help", command(Command::Help)),
        ("/agents", command(Command::Agents(None))),
        ("/new", command(Command::New)),
        ("/continue", command(Command::Continue)),
        ("/tasks", command(Command::Tasks)),
        ("/status", command(Command::Status)),
        ("/approvals", command(Command::Approvals)),
        ("/usage", command(Command::Usage)),
        ("/settings", command(Command::Settings)),
        ("/whoami", command(Command::Whoami)),
        ("/WhoAmI", command(Command::Whoami)),
        ("  /help\n", command(Command::Help)),
        ("/help!", command(Command::Help)),
        ("/stop.", command(Command::Stop(None))),
    ]);
}

#[test]
fn agents_and_prompts() {
    check(&[
        ("/agent", agent(None, None)),
        ("/agent ", agent(None, None)),
        ("/agent reviewer", agent(Some("reviewer"), None)),
        ("/agent reviewer \n ", agent(Some("reviewer"), None)),
        ("/agent reviewer fix it", agent(Some("reviewer"), Some("fix it"))),
        ("/agent   reviewer   fix  it  ", agent(Some("reviewer"), Some("fix  it"))),
        ("/agent\nreviewer\nfix it\n\n  now", agent(Some("reviewer"), Some("fix it\n\n  now"))),
        ("/agent reviewer\nfix\r\nit", agent(Some("reviewer"), Some("fix\r\nit"))),
        ("/agent\u{a0}reviewer\u{a0}fix it", agent(Some("reviewer"), Some("fix it"))),
        ("/agent reviewer /stop", agent(Some("reviewer"), Some("/stop"))),
        ("/agent Prüfer prüfe", agent(Some("Prüfer"), Some("prüfe"))),
        ("/agent: reviewer fix it", agent(Some("reviewer"), Some("fix it"))),
        ("/agent reviewer why @other_bot?", agent(Some("reviewer"), Some("why @other_bot?"))),
    ]);
}

#[test]
fn tasks_by_number() {
    let stop = Some("/stop, or /stop 42");
    let task = Some("/task 42");
    check(&[
        ("/stop", command(Command::Stop(None))),
        ("/stop 7", command(Command::Stop(Some(TaskId(7))))),
        ("/stop #7", command(Command::Stop(Some(TaskId(7))))),
        ("/task", command(Command::Task(None))),
        ("/task #42", command(Command::Task(Some(TaskId(42))))),
        ("/task  42 ", command(Command::Task(Some(TaskId(42))))),
        ("/stop the tests", invalid("/stop", "the tests", stop)),
        ("/stop 7 8", invalid("/stop", "7 8", stop)),
        ("/stop 0", invalid("/stop", "0", stop)),
        ("/stop -7", invalid("/stop", "-7", stop)),
        ("/stop ##7", invalid("/stop", "##7", stop)),
        ("/stop #", invalid("/stop", "#", stop)),
        ("/task forty-two", invalid("/task", "forty-two", task)),
        ("/task 4.2", invalid("/task", "4.2", task)),
        ("/task ٤٢", invalid("/task", "٤٢", task)),
        ("/task 9223372036854775807", command(Command::Task(Some(TaskId(i64::MAX))))),
        ("/task 9223372036854775808", invalid("/task", "9223372036854775808", task)),
        ("/task@adjutant_bot x", invalid("/task", "x", task)),
    ]);
}

#[test]
fn workspaces_and_engines() {
    check(&[
        ("/workspace", command(Command::Workspace(None))),
        ("/workspace api", command(Command::Workspace(Some("api".into())))),
        ("/workspace my api ", command(Command::Workspace(Some("my api".into())))),
        ("/engine", command(Command::Engine(None))),
        ("/engine claude", command(Command::Engine(Some("claude".into())))),
    ]);
}

#[test]
fn the_addressed_bot() {
    check(&[
        ("/help@adjutant_bot", command(Command::Help)),
        ("/HELP@Adjutant_BOT", command(Command::Help)),
        ("/agent@adjutant_bot reviewer fix", agent(Some("reviewer"), Some("fix"))),
        ("/stop@adjutant_bot!", command(Command::Stop(None))),
        ("/help@other_bot", Parsed::OtherBot),
        ("/help@adjutant_bot2", Parsed::OtherBot),
        ("/help@adjutant", Parsed::OtherBot),
        ("/nonsense@other_bot", Parsed::OtherBot),
        ("@adjutant_bot /stop", command(Command::Stop(None))),
        ("@adjutant_bot, /stop 7", command(Command::Stop(Some(TaskId(7))))),
        ("@adjutant_bot /help@other_bot", Parsed::OtherBot),
        ("/stop @adjutant_bot", command(Command::Stop(None))),
    ]);
}

#[test]
fn unknown_commands_are_named() {
    check(&[
        ("/nonsense", invalid("/nonsense", "", None)),
        ("/stpo 7", invalid("/stpo", "7", None)),
        ("/agent_reviewer fix", invalid("/agent_reviewer", "fix", None)),
        ("/Compact  keep the\nplan ", invalid("/compact", "keep the\nplan", None)),
        ("@adjutant_bot /compact! now", invalid("/compact", "now", None)),
        ("/1", invalid("/1", "", None)),
        ("/etc is full", invalid("/etc", "is full", None)),
        ("/nonsense@adjutant_bot", invalid("/nonsense", "", None)),
    ]);
}

#[test]
fn prose_that_begins_with_a_slash() {
    let long = format!("/{}", "a".repeat(33));
    check(&[
        ("/", text("/")),
        ("//", text("//")),
        ("/ help", text("/ help")),
        ("/...", text("/...")),
        ("//help", text("//help")),
        ("/etc/hosts is wrong", text("/etc/hosts is wrong")),
        ("/home/ann/x.rs:12 panics", text("/home/ann/x.rs:12 panics")),
        ("/api/v1/users@adjutant_bot fails", text("/api/v1/users@adjutant_bot fails")),
        ("/users@example.com is a route", text("/users@example.com is a route")),
        ("/help@", text("/help@")),
        ("/@adjutant_bot", text("/")),
        ("/помощь", text("/помощь")),
        ("/hélp", text("/hélp")),
        ("/help\u{200b}me", text("/help\u{200b}me")),
        // Commands of sessions, as chats do not know them.
        ("/review-pr 12", text("/review-pr 12")),
        ("/mcp:files:read a.rs", text("/mcp:files:read a.rs")),
        ("/review-pr", text("/review-pr")),
        ("／help", text("／help")),
        (&long, text(&long)),
    ]);
}

#[test]
fn our_own_names_are_known_in_any_case() {
    for ours in ["help", "HELP", "usage", "start"] {
        assert!(is_ours(ours), "{ours}");
    }
    for (other, tapped) in
        [("compact", true), ("helps", true), ("review-pr", false), ("a:b", false), ("", false)]
    {
        assert!(!is_ours(other), "{other}");
        assert_eq!(can_be_tapped(other), tapped, "{other}");
    }
    assert!(COMMANDS.iter().all(|(name, _)| can_be_tapped(name)));
}

#[test]
fn prose() {
    check(&[
        ("fix the test", text("fix the test")),
        ("  fix\n  the test\n\n", text("fix\n  the test")),
        ("see /help", text("see /help")),
        ("", text("")),
        (" \n\t ", text("")),
        ("\u{a0}", text("")),
        ("👍", text("👍")),
        ("❤\u{fe0f}", text("❤\u{fe0f}")),
        ("👩\u{200d}💻", text("👩\u{200d}💻")),
        ("تشغيل الاختبارات", text("تشغيل الاختبارات")),
        ("הרץ את /help", text("הרץ את /help")),
        ("می\u{200c}خواهم", text("می\u{200c}خواهم")),
    ]);
}

#[test]
fn marks_without_width_do_not_hide_a_command_or_fill_a_prompt() {
    check(&[
        ("\u{200f}/stop", command(Command::Stop(None))),
        ("\u{feff}/stop\u{200e}", command(Command::Stop(None))),
        ("\u{202b}/agent reviewer \u{200f}בדוק\u{202c}", agent(Some("reviewer"), Some("בדוק"))),
        ("/stop \u{2068}7\u{2069}", command(Command::Stop(Some(TaskId(7))))),
        ("/agent reviewer \u{200b}", agent(Some("reviewer"), None)),
        ("\u{200b}", text("")),
        (" \u{2060}\u{200d} \u{feff}", text("")),
    ]);
}

#[test]
fn a_mention_at_either_end_is_only_an_address() {
    check(&[
        ("@adjutant_bot", text("")),
        ("@adjutant_bot fix it", text("fix it")),
        ("@Adjutant_Bot fix it", text("fix it")),
        ("@adjutant_bot, fix it", text("fix it")),
        ("@adjutant_bot: fix it", text("fix it")),
        ("@adjutant_bot\nfix it", text("fix it")),
        ("fix it @adjutant_bot", text("fix it")),
        ("fix it, @adjutant_bot ", text("fix it,")),
        ("let @adjutant_bot fix it", text("let @adjutant_bot fix it")),
        ("@adjutant_bot2 fix it", text("@adjutant_bot2 fix it")),
        ("@adjutant fix it", text("@adjutant fix it")),
        ("write to ann@adjutant_bot", text("write to ann@adjutant_bot")),
    ]);
}

#[test]
fn mentions_are_whole_words_in_any_case() {
    let yes = [
        "@adjutant_bot",
        "hey @ADJUTANT_BOT!",
        "(@adjutant_bot)",
        "ann@b.c, @adjutant_bot",
        "@@adjutant_bot",
    ];
    for text in yes {
        assert!(mentions(text, BOT), "{text}");
    }
    let no = [
        "",
        "@",
        "adjutant_bot",
        "@adjutant_bo",
        "@adjutant_bott",
        "@adjutant_bot_2",
        "ann@adjutant_bot",
        "ann@adjutant_bot.example",
        "josé@adjutant_bot",
        "_@adjutant_bot",
        "@ adjutant_bot",
        "@adjutant\u{200b}_bot",
        "@adjut\u{430}nt_bot",
        "@adjutant_bo\u{442}",
    ];
    for text in no {
        assert!(!mentions(text, BOT), "{text}");
    }
}

#[test]
fn every_offered_command_is_known_and_fits_the_chat_service() {
    for (name, description) in COMMANDS {
        assert!(
            !matches!(parse(&format!("/{name}"), BOT), Parsed::Invalid { .. } | Parsed::Text(_)),
            "{name}"
        );
        assert!(name.len() <= 32 && description.len() <= 256, "{name}");
    }
}

fn invisible_or_space(c: char) -> bool {
    c.is_whitespace() || ('\u{200b}'..='\u{200f}').contains(&c) || c == '\u{feff}'
}

fn near_commands() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "/",
            "@",
            "#",
            " ",
            "\n",
            "\u{a0}",
            "\u{200f}",
            "/agent",
            "/stop",
            "/task",
            "@adjutant_bot",
            "7",
            ",",
            "reviewer",
            "é",
            "👍",
            "ב",
        ])
        .prop_map(str::to_owned),
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_comes_out_is_trimmed(written in near_commands()) {
        let parts = match parse(&written, BOT) {
            Parsed::Text(text) => vec![text],
            Parsed::Command(Command::Agent { name, prompt }) => {
                for given in [&name, &prompt].into_iter().flatten() {
                    prop_assert!(!given.is_empty());
                }
                prompt.into_iter().collect()
            }
            Parsed::Command(Command::Workspace(Some(name)) | Command::Engine(Some(name))) => vec![name],
            Parsed::Command(Command::Stop(task) | Command::Task(task)) => {
                prop_assert!(task.is_none_or(|task| task.0 > 0));
                Vec::new()
            }
            Parsed::Command(_) | Parsed::Invalid { .. } | Parsed::OtherBot => Vec::new(),
        };
        for part in parts {
            prop_assert!(!part.starts_with(invisible_or_space) && !part.ends_with(invisible_or_space), "{:?}", part);
        }
    }

    #[test]
    fn no_text_and_no_bot_name_panics(written in ".*", bot in ".{0,6}") {
        let _ = parse(&written, &bot);
        let _ = mentions(&format!("@{bot}{written}"), &bot);
    }

    #[test]
    fn a_prompt_arrives_as_it_was_written(prompt in "[a-zé👍\u{5d0}][a-zé👍\u{5d0} \n/@#]{0,20}[a-z]") {
        let expected = agent(Some("reviewer"), Some(&prompt));
        prop_assert_eq!(parse(&format!("/agent reviewer {prompt}"), BOT), expected);
        prop_assert_eq!(parse(&prompt, BOT), text(&prompt));
    }
}
