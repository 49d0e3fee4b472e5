//! Headless Chromium, driven by its DevTools protocol over a pair of pipes: JSON messages that end with a zero byte.
//!
//! Source: <https://chromedevtools.github.io/devtools-protocol/>. Only what the tests need.

use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// A browser that says nothing for so long has died.
const PATIENCE: Duration = Duration::from_secs(60);

/// Width, height, and whether it is a phone.
pub(crate) type Screen = (u32, u32, bool);
pub(crate) const DESK: Screen = (1280, 800, false);
pub(crate) const PHONE: Screen = (390, 844, true);

/// What the system's colours are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    wire: Mutex<Wire>,
    session: String,
    /// Its profile, thrown away at the end.
    _profile: tempfile::TempDir,
}

struct Wire {
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    next: u64,
    complaints: Vec<String>,
}

impl Browser {
    /// Starts a browser and opens a page.
    pub(crate) async fn open(url: &str, screen: Screen) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken on descriptors 3 and 4; the shell moves our pipes there.
        let mut child = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null", "chromium"])
            .args(["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"])
            // The only page that it ever sees is ours, and in a container its sandbox does not work.
            // A headless browser has no mouse by itself: it is told of one, which can point exactly and hover.
            .arg("--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4")
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let wire = Wire {
            orders: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            next: 0,
            complaints: Vec::new(),
        };
        let mut browser = Self { child, wire: Mutex::new(wire), session: String::new(), _profile: profile };
        let page = browser.order("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let session = browser.order("Target.attachToTarget", attach).await;
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Runtime", "Log", "Page"] {
            browser.order(&format!("{domain}.enable"), json!({})).await;
        }
        browser.look(screen, Theme::Light).await;
        browser.order("Page.navigate", json!({ "url": url })).await;
        browser
    }

    /// Turns into a screen of this size and theme, with nothing that moves.
    pub(crate) async fn look(&self, (width, height, phone): Screen, theme: Theme) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.order("Emulation.setDeviceMetricsOverride", screen).await;
        self.order("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await;
        let colours = if theme == Theme::Dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": colours },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.order("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        // Two frames, so that what follows from the size is drawn.
        self.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
            .await;
    }

    /// What is on the screen, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let taken = self.order("Page.captureScreenshot", json!({ "format": "png" })).await;
        BASE64_STANDARD.decode(taken["data"].as_str().unwrap()).unwrap()
    }

    /// What a person without eyes can use but not know: roles of controls that have no name.
    pub(crate) async fn nameless(&self) -> Vec<String> {
        const CONTROLS: &[&str] = &[
            "button",
            "link",
            "textbox",
            "checkbox",
            "radio",
            "combobox",
            "menuitem",
            "menuitemradio",
            "menuitemcheckbox",
            "meter",
            "dialog",
            "DisclosureTriangle",
        ];
        let tree = self.order("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false);
        let controls = nodes.filter(|node| CONTROLS.iter().any(|role| node["role"]["value"] == *role));
        let nameless = controls.filter(|node| node["name"]["value"].as_str().is_none_or(str::is_empty));
        nameless.map(ToString::to_string).collect()
    }

    /// Drops a text file onto the element of this kind.
    pub(crate) async fn drop_file(&self, selector: &str, name: &str, content: &str) {
        let (selector, name, content) = (json!(selector), json!(name), json!(content));
        let dropped = format!(
            "{{
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([{content}], {name}, {{ type: 'text/plain' }}));
                const target = document.querySelector({selector});
                for (const kind of ['dragenter', 'dragover', 'drop']) {{
                    target.dispatchEvent(new DragEvent(kind, {{ dataTransfer, bubbles: true, cancelable: true }}));
                }}
            }}"
        );
        self.evaluate(&dropped).await;
    }

    /// Moves the mouse to where nothing is.
    pub(crate) async fn point_away(&self) {
        self.order("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": 0, "y": 0 })).await;
    }

    /// Waits until the page has its chats.
    pub(crate) async fn ready(&self) {
        self.see_that("document.querySelector('.row.current') && document.querySelector('#persona span')")
            .await;
    }

    /// Ends the browser. What the page has complained about: errors, refused resources, exceptions.
    pub(crate) async fn close(mut self) -> Vec<String> {
        self.order("Browser.close", json!({})).await;
        timeout(PATIENCE, self.child.wait()).await.expect("the browser does not end").unwrap();
        self.wire.into_inner().complaints
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let wanted = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut found = self.order("Runtime.evaluate", wanted).await;
        let failure = &found["exceptionDetails"];
        assert!(failure.is_null(), "{}", failure["exception"]["description"]);
        found["result"]["value"].take()
    }

    /// Waits until a condition is true of the page.
    pub(crate) async fn see_that(&self, condition: &str) {
        let wait = format!(
            "new Promise((done, failed) => {{
                const end = Date.now() + 45_000;
                const look = () => {{
                    if ({condition}) done(true);
                    else if (Date.now() > end) failed(new Error('never seen; the page: ' + document.body.innerText));
                    else setTimeout(look, 10);
                }};
                look();
            }})"
        );
        self.evaluate(&wait).await;
    }

    /// Waits until an element of this kind shows just this text.
    pub(crate) async fn see(&self, selector: &str, text: &str) {
        self.see_that(&element(selector, text)).await;
    }

    /// Waits until an element of this kind shows this text among others.
    pub(crate) async fn see_part(&self, selector: &str, part: &str) {
        let (selector, part) = (json!(selector), json!(part));
        self.see_that(&format!(
            "[...document.querySelectorAll({selector})].some((e) => e.innerText.includes({part}))"
        ))
        .await;
    }

    /// What stands in an input.
    pub(crate) async fn text(&self, selector: &str) -> Value {
        self.evaluate(&format!("document.querySelector({}).value", json!(selector))).await
    }

    /// Clicks on the first element of this kind.
    pub(crate) async fn click(&self, selector: &str) {
        self.click_at(&format!("document.querySelector({})", json!(selector))).await;
    }

    /// Clicks on the element of this kind that shows this text.
    pub(crate) async fn click_on(&self, selector: &str, text: &str) {
        self.see(selector, text).await;
        self.click_at(&element(selector, text)).await;
    }

    async fn click_at(&self, element: &str) {
        let place = self.place(element).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.order("Input.dispatchMouseEvent", event).await;
        }
    }

    /// The middle of an element, once it is in sight and nothing lies over it.
    async fn place(&self, element: &str) -> Value {
        let middle = "(e) => {
            e.scrollIntoView({ block: 'nearest', behavior: 'instant' });
            const box = e.getBoundingClientRect();
            const at = [box.left + box.width / 2, box.top + box.height / 2];
            return e.contains(document.elementFromPoint(...at)) && at;
        }";
        self.see_that(&format!("{element} && ({middle})({element})")).await;
        self.evaluate(&format!("({middle})({element})")).await
    }

    /// Types a text where the focus is.
    pub(crate) async fn write(&self, text: &str) {
        self.order("Input.insertText", json!({ "text": text })).await;
    }

    /// Presses a key where the focus is.
    pub(crate) async fn press(&self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            _ => panic!("no test has pressed {key} before"),
        };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                "text": if kind == "keyDown" { text } else { "" },
            });
            self.order("Input.dispatchKeyEvent", event).await;
        }
    }

    async fn order(&self, method: &str, parameters: Value) -> Value {
        let answer = async { self.wire.lock().await.order(&self.session, method, parameters).await };
        timeout(PATIENCE, answer).await.unwrap_or_else(|_| panic!("the browser does not answer to {method}"))
    }
}

impl Wire {
    async fn order(&mut self, session: &str, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut order = json!({ "id": self.next, "method": method, "params": parameters });
        if !session.is_empty() {
            order["sessionId"] = json!(session);
        }
        let mut bytes = order.to_string().into_bytes();
        bytes.push(0);
        self.orders.write_all(&bytes).await.expect("chromium does not run: is it installed?");
        loop {
            let mut answer = self.read().await;
            if answer["id"] == self.next {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.hear(&answer);
        }
    }

    async fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.answers.read_until(0, &mut bytes).await.unwrap();
        assert_eq!(bytes.pop(), Some(0), "chromium has ended: is it installed?");
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Keeps what would stand in red in the browser's console.
    fn hear(&mut self, event: &Value) {
        let parameters = &event["params"];
        let complaint = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => &parameters["exceptionDetails"],
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => &parameters["args"],
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => &parameters["entry"],
            _ => return,
        };
        self.complaints.push(complaint.to_string());
    }
}

/// An expression for the element of this kind that shows just this text.
fn element(selector: &str, text: &str) -> String {
    format!(
        "[...document.querySelectorAll({})].find((e) => e.innerText.trim() === {})",
        json!(selector),
        json!(text)
    )
}
