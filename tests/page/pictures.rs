//! The pictures of the README and the documentation, taken from the real demo.
//!
//! `ADJUTANT_PICTURES=docs/images cargo test --locked --features page-tests --test page pictures` takes them anew,
//! with `pngquant` and the font Inter (Debian: `pngquant fonts-inter`); without the variable they are only tried.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::browser::{PHONE, Screen, Theme};
use crate::demo::Demo;

/// Bytes. They are part of every clone.
const LARGEST: u64 = 150_000;

const WIDE: Screen = (1280, 1040, false);

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_can_be_taken_anew() {
    let demo = Demo::open(WIDE, &[]).await;
    let browser = &demo.browser;
    browser.click("#welcome-close").await;
    demo.say("/agent tour Write a note about the release").await;
    browser.click_on(".key", "Dear team,").await;
    demo.hears("wants to write a file").await;
    demo.hears("Waiting for your approval").await;
    keep(&demo, "approval").await;

    browser.look(PHONE, Theme::Dark).await;
    keep(&demo, "phone").await;
    browser.look(WIDE, Theme::Light).await;

    browser.click("#hood").await;
    browser.click("#fault-flood").await;
    browser.click_on(".key", "Allow").await;
    browser.see(".entry.failed .outcome", "429").await;
    // The second press is answered, and then nothing follows until the ban is over.
    let answered = "[...document.querySelectorAll('.entry b')].filter((e) => e.innerText === 'answerCallbackQuery').length === 2";
    browser.see_that(answered).await;
    keep(&demo, "under-the-hood").await;
    browser.click("#panel-close").await;

    browser.click_on(".row strong", "Lounge").await;
    demo.say("/agent@adjutant_demo_bot echo In a group it hears commands, mentions and replies").await;
    demo.hears("In a group").await;
    browser.click_on(".row strong", "web").await;
    demo.say("/agent echo Each topic has its own agent and history").await;
    demo.hears("Each topic").await;
    browser.click_on(".row strong", "api").await;
    demo.say("/chain planner > builder > checker Write down what the release brings").await;
    demo.hears("Waiting for your approval").await;
    keep(&demo, "topics").await;
    demo.close().await;
}

/// Takes a picture. What differs from run to run is made the same: the home directory and the time of day.
async fn keep(demo: &Demo, name: &str) {
    demo.browser.point_away().await;
    let home = json!(demo.home.path());
    demo.browser
        .evaluate(&format!(
            "{{
                document.querySelectorAll('.toast').forEach((toast) => toast.remove());
                const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walk.nextNode()) {{
                    const text = walk.currentNode;
                    text.data = text.data.replaceAll({home}, '/home/you');
                    if (text.parentElement.localName === 'time') {{
                        text.data = text.data.replace(/^\\d\\d:\\d\\d(:\\d\\d)?$/, (_, s) => '09:41' + (s ? ':07' : ''));
                    }}
                }}
            }}"
        ))
        .await;
    let picture = demo.browser.picture().await;
    assert!(picture.starts_with(b"\x89PNG"), "{name} is a picture");
    if let Some(folder) = std::env::var_os("ADJUTANT_PICTURES").map(PathBuf::from) {
        fs::create_dir_all(&folder).unwrap();
        shrink(&picture, &folder.join(format!("{name}.png")));
    }
}

/// With 256 colours, which nobody sees, a picture has a third of its size.
fn shrink(picture: &[u8], to: &Path) {
    let mut pngquant = Command::new("pngquant")
        .args(["--force", "--speed", "1", "--strip", "--output"])
        .args([to.as_os_str(), "-".as_ref()])
        .stdin(Stdio::piped())
        .spawn()
        .expect("pngquant is installed");
    pngquant.stdin.take().unwrap().write_all(picture).unwrap();
    assert!(pngquant.wait().unwrap().success());
    let size = fs::metadata(to).unwrap().len();
    assert!(size < LARGEST, "{} has {size} bytes", to.display());
}
