//! What the environment and `.env` say, and each mistake in them as one line.

use std::path::Path;

use insta::assert_snapshot;

use super::*;

#[test]
fn each_bad_variable_is_one_line() {
    for (name, value, line) in [
        (
            "TELOXIDE_TOKEN",
            "123456:short",
            "environment: TELOXIDE_TOKEN: expected a bot token from @BotFather such as 123456:AbC…, found something else (not shown)",
        ),
        (
            "TELOXIDE_API_URL",
            "localhost:8081",
            "environment: TELOXIDE_API_URL: expected an address such as https://api.telegram.org, found something else (not shown)",
        ),
        (
            "TELOXIDE_PROXY",
            "ftp://h:1",
            "environment: TELOXIDE_PROXY: expected a proxy such as http://user:password@host:3128, found something else (not shown)",
        ),
        (
            "DATABASE_URL",
            "postgres://db",
            "environment: DATABASE_URL: expected sqlite://FILE or sqlite::memory:, found \"postgres://db\"",
        ),
        (
            "ADJUTANT_LISTEN",
            "9464",
            "environment: ADJUTANT_LISTEN: expected an address and a port such as 127.0.0.1:9464, found \"9464\"",
        ),
        ("ADJUTANT_LOG", "xml", "environment: ADJUTANT_LOG: expected pretty or json, found \"xml\""),
        (
            "ADJUTANT_OWNERS",
            "111, ada",
            "environment: ADJUTANT_OWNERS: expected a Telegram user id (a whole number above 0; /whoami tells it), found \"ada\"",
        ),
        (
            "ADJUTANT_CONFIG",
            "/nowhere/a.yaml",
            "environment: ADJUTANT_CONFIG: expected a file, found none at /nowhere/a.yaml",
        ),
    ] {
        assert_eq!(complaint(name, value), line, "for {value}");
    }
}

#[test]
fn values_are_read() {
    for (text, seconds) in [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("5 m", 300)] {
        assert_eq!(value::duration(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "m", "-1m", "1.5h", "99999999999999999d", "3µ"] {
        assert!(value::duration(text).is_err(), "{text}");
    }
    for text in ["http://127.0.0.1:8081", "https://api.telegram.org/", "http://[::1]:80/bots"] {
        assert_eq!(value::api_url(text).unwrap(), text.trim_end_matches('/'));
    }
    for text in ["", "ftp://x", "https://", "http://h:0", "http://h:99999", "http://a b", "https://u@h"] {
        assert!(value::api_url(text).is_err(), "{text}");
    }
    let cwd = Path::new("/w");
    for (text, path) in [
        ("sqlite://a.db", "/w/a.db"),
        ("sqlite:///var/a.db", "/var/a.db"),
        ("sqlite:a.db?mode=rwc", "/w/a.db"),
    ] {
        assert_eq!(value::database(text, cwd), Ok(Database::File(path.into())), "{text}");
    }
    assert_eq!(value::database("sqlite::memory:", cwd), Ok(Database::Memory));
}

#[test]
fn dotenv_fills_gaps_and_blames_lines() {
    let mut environment = environment(&[("ADJUTANT_LOG", "json"), ("ADJUTANT_LISTEN", "")]);
    environment.add_dotenv(
        b"\xEF\xBB\xBF# comment\r\n\r\nADJUTANT_LOG=pretty\r\nexport DATABASE_URL=sqlite://x.db # here\r\nADJUTANT_LISTEN=127.0.0.1:1\r\nADJUTANT_OWNERS='1,\r\n2'\r\nRUST_LOG=\r\n",
    );
    let config = load(&environment, Path::new("/w")).unwrap();
    assert_eq!(config.log, LogFormat::Json, "the real environment wins");
    assert_eq!(config.listen, None, "even when it is empty");
    assert_eq!(config.database, Database::File("/w/x.db".into()));
    assert_eq!(config.access.owners, BTreeSet::from([UserId(1), UserId(2)]));
    assert_eq!(config.log_filter, None);

    let mut environment = Environment::default();
    environment.add_dotenv(
        b"A=1\nTELOXIDE_TOKEN=123\nno value here\nADJUTANT_LOG=xml\nADJUTANT_LOG=json\nB=\"open\nC=3\n",
    );
    assert_snapshot!(load(&environment, Path::new("/w")).unwrap_err(), @r#"
    .env:3: expected NAME=value, with quotes around a value that holds spaces
    .env:5: ADJUTANT_LOG: stands twice, first at line 4
    .env:6: expected NAME=value, with quotes around a value that holds spaces
    .env:2: TELOXIDE_TOKEN: expected a bot token from @BotFather such as 123456:AbC…, found something else (not shown)
    .env:4: ADJUTANT_LOG: expected pretty or json, found "xml"
    "#);
}

#[test]
fn dotenv_that_is_not_text_is_reported() {
    let mut environment = Environment::default();
    environment.add_dotenv(b"A=\xff\n");
    assert_snapshot!(load(&environment, Path::new("/w")).unwrap_err(), @".env: expected text in UTF-8");
}

#[test]
fn the_environment_of_a_process_includes_its_dotenv() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "SOME_VARIABLE_OF_THIS_TEST=1\n").unwrap();
    let environment = Environment::from_process(folder.path());
    assert_eq!(environment.get("SOME_VARIABLE_OF_THIS_TEST"), Some("1"));
    assert!(std::env::var_os("SOME_VARIABLE_OF_THIS_TEST").is_none());
}
