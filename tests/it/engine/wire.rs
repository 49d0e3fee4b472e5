//! Programs that speak lines, well and badly.

use adjutant::engines::process::{Launch, Line, LineReader, LineWriter, Wire};
use futures_util::{FutureExt, StreamExt};

use super::support::{eventually, guard, mark, peak_memory_kb, processes_with, shell, soon, workspace};

fn wire(directory: &tempfile::TempDir, command: &str) -> (Wire, LineReader, LineWriter) {
    Wire::spawn(&guard(), &shell(directory.path(), command)).unwrap()
}

async fn next(reader: &mut LineReader) -> Option<Line> {
    soon("a line", reader.next()).await
}

async fn rest(mut reader: LineReader) -> Vec<Line> {
    let mut lines = Vec::new();
    while let Some(line) = next(&mut reader).await {
        lines.push(line);
    }
    lines
}

fn text(line: impl Into<String>) -> Line {
    Line::Text(line.into())
}

#[tokio::test]
async fn lines_are_whole_however_they_come() {
    let directory = workspace();
    for (command, lines) in [
        ("printf 'one\\ntwo\\n'", vec![text("one"), text("two")]),
        ("printf 'ha'; sleep 0.05; printf 'lf\\n'", vec![text("half")]),
        ("printf 'one\\r\\n\\r\\ntwo\\r\\n'", vec![text("one"), text(""), text("two")]),
        ("printf 'one\\nno end'", vec![text("one"), text("no end")]),
        ("printf 'a\\000b\\n'", vec![text("a\0b")]),
        ("printf 'gr\\303'; sleep 0.05; printf '\\274n\\n'", vec![text("grün")]),
        ("printf '\\377\\376\\nnext\\n'", vec![Line::Unreadable, text("next")]),
        (
            "head -c 200000 /dev/zero | tr '\\000' x; echo; echo next",
            vec![text("x".repeat(200_000)), text("next")],
        ),
        (":", vec![]),
    ] {
        let (mut wire, reader, _writer) = wire(&directory, command);
        assert_eq!(rest(reader).await, lines, "{command}");
        assert_eq!(soon("its end", wire.exit_code()).await, 0);
    }
}

#[tokio::test]
async fn a_line_without_end_neither_stalls_nor_fills_memory() {
    let directory = workspace();
    let command = "head -c 50000000 /dev/zero | tr '\\000' x; echo; printf '\\377\\n'; echo next";
    let before = peak_memory_kb();
    let (_wire, reader, _writer) = wire(&directory, command);
    assert_eq!(rest(reader).await, [Line::Unreadable, Line::Unreadable, text("next")]);
    let grown = peak_memory_kb() - before;
    assert!(grown < 40_000, "{grown} KB were needed");
}

#[tokio::test]
async fn as_a_stream_it_goes_on_after_lines_that_cannot_be_read() {
    let directory = workspace();
    let command = "echo one; printf '\\377\\n'; head -c 9000000 /dev/zero; echo; echo two; printf three";
    let (_wire, reader, _writer) = wire(&directory, command);
    let lines: Vec<String> = soon("its end", reader.into_stream().collect()).await;
    assert_eq!(lines, ["one", "two", "three"]);
}

#[tokio::test]
async fn what_is_sent_arrives_in_whole_lines() {
    let directory = workspace();
    let (mut wire, mut reader, mut writer) =
        wire(&directory, "while read -r line; do echo \"<$line>\"; done");
    for line in ["one", "", "zwei grüne"] {
        soon("it reads", writer.send(line)).await.unwrap();
        assert_eq!(next(&mut reader).await, Some(text(format!("<{line}>"))));
    }
    drop(writer);
    assert_eq!(rest(reader).await, []);
    assert_eq!(soon("its end", wire.exit_code()).await, 0);
}

#[tokio::test]
async fn a_program_that_does_not_read_holds_up_nothing() {
    let directory = workspace();
    let mark = mark();
    let (wire, _reader, mut writer) = wire(&directory, &format!("sleep {mark}"));
    let long = "x".repeat(1_000_000);
    assert!(writer.send(&long).now_or_never().is_none(), "the pipe took a megabyte");
    assert!(writer.send("more").now_or_never().is_none());
    eventually("it sleeps", || processes_with(&format!("sleep\0{mark}")) == 1).await;
    soon("it stops", wire.stop()).await;
    assert_eq!(processes_with(&mark), 0);
    assert!(soon("an error", writer.send("more")).await.is_err());
}

#[tokio::test]
async fn a_line_whose_sending_was_given_up_is_never_cut() {
    let directory = workspace();
    let command = "until [ -e go ]; do sleep 0.01; done; while read -r line; do echo \"${#line}\"; done";
    let (_wire, reader, mut writer) = wire(&directory, command);
    // The first has begun to be written; the second has not.
    assert!(writer.send(&"x".repeat(100_000)).now_or_never().is_none());
    assert!(writer.send("given up").now_or_never().is_none());
    std::fs::write(directory.path().join("go"), "").unwrap();
    soon("it reads", writer.send("third")).await.unwrap();
    drop(writer);
    assert_eq!(rest(reader).await, [text("100000"), text("5")]);
}

#[tokio::test]
async fn a_flood_of_errors_holds_up_nothing_and_its_end_is_kept() {
    let directory = workspace();
    let command = "head -c 10000000 /dev/zero | tr '\\000' x >&2; for i in 1 2 3 4; do printf 'ü' >&2; done; \
                   printf '%0.sü' $(seq 40000) >&2; echo out; printf '\\nthe end\\n\\n' >&2; exit 3";
    let (mut wire, reader, _writer) = wire(&directory, command);
    assert_eq!(rest(reader).await, [text("out")]);
    assert_eq!(soon("its end", wire.exit_code()).await, 3);
    let said = wire.stderr().text();
    assert!((65_000..=65_536).contains(&said.len()), "{} bytes are kept", said.len());
    assert!(said.starts_with('ü') && !said.contains('\u{fffd}'), "cut within a character");
    assert_eq!(wire.stderr().last_line(), "the end");
}

#[tokio::test]
async fn a_grandchild_that_holds_the_output_does_not_keep_the_reader() {
    let directory = workspace();
    let mark = mark();
    for command in [
        format!("setsid sleep {mark} & echo ready"),
        format!("setsid sh -c 'trap \"\" TERM HUP; (sleep {mark} &); sleep {mark}' & sleep 0.05; echo ready"),
    ] {
        let (mut wire, reader, _writer) = wire(&directory, &command);
        assert_eq!(rest(reader).await, [text("ready")]);
        assert_eq!(soon("its end", wire.exit_code()).await, 0);
        assert!(!wire.is_alive());
        assert_eq!(processes_with(&mark), 0);
    }
}

#[tokio::test]
async fn a_program_that_does_not_exist_says_so() {
    let directory = workspace();
    let launch = Launch { program: "no-such-program".into(), ..shell(directory.path(), "") };
    let (mut wire, reader, _writer) = Wire::spawn(&guard(), &launch).unwrap();
    assert_eq!(soon("its end", wire.exit_code()).await, 127);
    assert!(wire.stderr().last_line().contains("cannot start no-such-program"));
    assert_eq!(rest(reader).await, []);
}

#[tokio::test]
async fn no_program_gets_a_secret_of_adjutants() {
    let directory = workspace();
    let mut launch = shell(directory.path(), "env");
    launch.env = ["TELOXIDE_TOKEN", "TELOXIDE_PROXY", "OPENAI_API_KEY", "ADJUTANT_TREE"]
        .map(|name| (name.to_owned(), "listed".to_owned()))
        .into();
    let (_wire, reader, _writer) = Wire::spawn(&guard(), &launch).unwrap();
    let seen = rest(reader).await;
    assert!(seen.contains(&text("OPENAI_API_KEY=listed")));
    let withheld = |line: &Line| matches!(line, Line::Text(line) if line.starts_with("TELOXIDE"));
    assert!(!seen.iter().any(withheld), "{seen:?}");
    assert!(!seen.contains(&text("ADJUTANT_TREE=listed")), "the mark can be forged");
}
