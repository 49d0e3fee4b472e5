//! A playground with its page open in a browser, and a bot that does what the test says.

use adjutant::playground::{Options, Playground, SendText};
use serde_json::{Value, json};

use super::browser::{Browser, Screen};
use super::sim::SimClient;

/// The person that the page opens as, and their private chat.
pub(crate) const YOU: i64 = 1001;
/// The plain group that everyone is in.
pub(crate) const LOUNGE: i64 = -1_000_000;

pub(crate) struct Stage {
    pub(crate) browser: Browser,
    pub(crate) bot: Bot,
    playground: Playground,
}

impl Stage {
    /// Opens the page at the person's private chat.
    pub(crate) async fn open(screen: Screen) -> Self {
        let options = Options::default();
        let token = options.token.clone();
        let playground = Playground::start(options).await.unwrap();
        // A bot may not write to someone who has never written to it.
        let people = SimClient::new(&playground.url());
        people.send(&SendText::new(YOU, YOU, "hello")).await.unwrap();
        let mut bot = Bot::new(format!("{}/bot{token}", playground.url()));
        bot.next("message").await;
        let browser = Browser::open(&format!("{}/#{YOU}", playground.url()), screen).await;
        browser.ready().await;
        Self { browser, bot, playground }
    }

    /// Closes everything; fails if the page has complained on the way.
    pub(crate) async fn close(self) {
        assert_eq!(self.browser.close().await, Vec::<String>::new(), "the page complained");
        self.playground.stop().await;
    }
}

/// A bot that speaks the Bot API by hand.
pub(crate) struct Bot {
    client: reqwest::Client,
    base: String,
    offset: i64,
}

impl Bot {
    fn new(base: String) -> Self {
        Self { client: reqwest::Client::builder().no_proxy().build().unwrap(), base, offset: 0 }
    }

    /// Calls a method that must succeed; the result.
    pub(crate) async fn call(&self, method: &str, parameters: Value) -> Value {
        let request = self.client.post(format!("{}/{method}", self.base)).json(&parameters);
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["result"].take()
    }

    /// Sends a message; its id.
    pub(crate) async fn send(&self, message: Value) -> i64 {
        self.call("sendMessage", message).await["message_id"].as_i64().unwrap()
    }

    /// The next update of a kind; others before it are passed over.
    pub(crate) async fn next(&mut self, kind: &str) -> Value {
        loop {
            let wanted = json!({ "offset": self.offset, "limit": 1, "timeout": 20 });
            let mut updates = self.call("getUpdates", wanted).await;
            let update = updates.get_mut(0).expect("no update came");
            self.offset = update["update_id"].as_i64().unwrap() + 1;
            if let Some(found) = update.get_mut(kind) {
                return found.take();
            }
        }
    }
}
