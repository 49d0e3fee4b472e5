//! `adjutant playground`: what it prints, which addresses it refuses, and where it keeps the chats.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;

use crate::support::Desk;

/// A playground that runs until it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a playground on a free port; the first lines that it prints, and the playground.
fn start(desk: &Desk, arguments: &[&str]) -> (Vec<String>, Running) {
    let mut child = desk.spawn(&[&["playground"], arguments].concat());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    (lines, Running(child))
}

#[test]
fn it_says_what_to_set_for_ones_own_bot() {
    let desk = Desk::new();
    let (lines, playground) = start(&desk, &["--listen", "127.0.0.1:0", "--state", "chats/mine"]);
    let url = lines[0].strip_prefix("The page: ").unwrap();
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"), "{url}");
    assert!(
        lines[1].starts_with(&format!("For your bot: TELOXIDE_API_URL={url} TELOXIDE_TOKEN=")),
        "{lines:?}"
    );
    assert_eq!(lines[2], format!("Other libraries: base URL {url}/bot, followed by the token"));
    drop(playground);
    assert!(desk.path().join("chats/mine").is_file(), "the chats are kept where it was said");
}

#[test]
fn addresses_that_others_reach_are_refused_unless_they_are_allowed() {
    let desk = Desk::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8787"] {
        let told = desk.run(&format!("playground --listen {address}")).refused(2);
        assert!(told.starts_with(&format!("adjutant: {address} can be reached from outside")), "{told}");
        assert!(told.contains("listen on 127.0.0.1, or allow it with --allow-remote"), "{told}");
    }
    let (lines, mut playground) = start(&desk, &["--listen", "0.0.0.0:0", "--allow-remote"]);
    assert!(lines[0].starts_with("The page: http://127.0.0.1:"), "{lines:?}");
    let errors = playground.0.stderr.take().unwrap();
    drop(playground);
    let mut warned = String::new();
    BufReader::new(errors).read_to_string(&mut warned).unwrap();
    assert!(warned.starts_with("adjutant: warning: whoever reaches 0.0.0.0:"), "{warned}");
    assert!(warned.contains("can read everything and act as anyone"), "{warned}");
}

#[test]
fn what_is_no_address_is_told_with_an_example() {
    let desk = Desk::new();
    for address in ["8787", "localhost:8787", "127.0.0.1", "127.0.0.1:99999", ""] {
        let told = desk.run_words(&["playground", "--listen", address]).refused(2);
        assert!(told.contains("an IP address and a port, such as 127.0.0.1:8787"), "{address}: {told}");
    }
}

#[test]
fn an_address_or_file_that_cannot_be_used_is_named() {
    let desk = Desk::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let told = desk.run(&format!("playground --listen {}", taken.local_addr().unwrap())).refused(1);
    assert!(
        told.contains("cannot listen on 127.0.0.1:") && told.contains("choose another address"),
        "{told}"
    );
    desk.put("plain", "no folder\n");
    let told = desk.run("playground --listen 127.0.0.1:0 --state plain/chats").refused(1);
    assert!(told.starts_with("adjutant: cannot keep the chats in plain/chats: "), "{told}");
    let told = desk.run("playground --listen 127.0.0.1:0 --state plain").refused(1);
    assert!(told.contains("plain, line 1: ") && told.contains("remove the file to begin anew"), "{told}");
    assert_eq!(std::fs::read_to_string(desk.path().join("plain")).unwrap(), "no folder\n", "nothing is lost");
}
