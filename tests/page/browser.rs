//! Headless Chromium, driven by its DevTools protocol over a pair of pipes: JSON messages that end with a zero byte.
//!
//! Source: <https://chromedevtools.github.io/devtools-protocol/>. Only what the tests need.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// A browser that says nothing for so long has died.
const PATIENCE: Duration = Duration::from_secs(60);

/// Width, height, and whether it is a phone.
pub(crate) type Screen = (u32, u32, bool);
pub(crate) const DESK: Screen = (1200, 800, false);
pub(crate) const PHONE: Screen = (390, 844, true);

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
    pub(crate) async fn open(url: &str, (width, height, phone): Screen) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The protocol is spoken on descriptors 3 and 4; the shell moves our pipes there.
        let mut child = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null", "chromium"])
            .args(["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"])
            // The only page that it ever sees is ours, and in a container its sandbox does not work.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server"])
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
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        browser.order("Emulation.setDeviceMetricsOverride", screen).await;
        browser.order("Page.navigate", json!({ "url": url })).await;
        browser
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
                const end = Date.now() + 20_000;
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
        let place = format!(
            "(() => {{
                const box = {element}.getBoundingClientRect();
                return [box.left + box.width / 2, box.top + box.height / 2];
            }})()"
        );
        let place = self.evaluate(&place).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.order("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types a text where the focus is.
    pub(crate) async fn write(&self, text: &str) {
        self.order("Input.insertText", json!({ "text": text })).await;
    }

    pub(crate) async fn press_enter(&self) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13 });
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
