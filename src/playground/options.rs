//! What a playground is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::cast::{SimChat, SimUser};
use super::model::User;

/// The bot's id when the token does not begin with one.
const BOT_ID: i64 = 7_000_000_001;

/// What a playground is started with. [`Options::default`] has three people, their private chats, a forum and
/// a group; everything is in memory and the port is any free one.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The bot's token; what stands before its colon is the bot's id.
    pub token: String,
    /// The bot's user name, without `@`.
    pub bot_username: String,
    /// The bot's display name.
    pub bot_name: String,
    /// Whether `listen` may be an address that others reach; whoever does can read and act as anyone.
    pub allow_remote: bool,
    /// The file that keeps the chats. Uploaded files stand beside it, in a folder of the same name and `.files`.
    /// Everything is in memory when absent.
    pub state: Option<PathBuf>,
    /// The folder that the page shows as the demo's workspace.
    pub workspace_label: Option<String>,
    /// Whether Telegram's flood rules apply.
    pub flood: bool,
    /// The people. Each one has a private chat.
    pub users: Vec<SimUser>,
    /// The groups, and private chats that shall look different.
    pub chats: Vec<SimChat>,
}

impl Default for Options {
    fn default() -> Self {
        let users = vec![
            SimUser::new(1001, "You", "you", "owner"),
            SimUser::new(1002, "Mallory", "mallory", "stranger"),
            SimUser::new(1003, "Robin", "robin", "member"),
        ];
        let everyone = [1001, 1002, 1003];
        let chats = users
            .iter()
            .map(SimChat::private)
            .chain([
                SimChat::forum(-1_001_000_000_001, "Team", &everyone, &["api", "web"]),
                SimChat::group(-1_000_000, "Lounge", &everyone),
            ])
            .collect();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: format!("{BOT_ID}:PLAYGROUND-token-for-this-machine-only"),
            bot_username: "adjutant_demo_bot".to_owned(),
            bot_name: "Adjutant".to_owned(),
            allow_remote: false,
            state: None,
            workspace_label: None,
            flood: false,
            users,
            chats,
        }
    }
}

impl Options {
    /// The playground of `adjutant demo`: flood rules on, history in `folder`.
    pub fn demo(listen: SocketAddr, folder: &Path, workspace_label: String) -> Self {
        Self {
            listen,
            state: Some(folder.join("playground.jsonl")),
            workspace_label: Some(workspace_label),
            flood: true,
            ..Self::default()
        }
    }

    /// Where uploaded files are kept.
    pub(crate) fn files(&self) -> Option<PathBuf> {
        let mut folder = self.state.clone()?.into_os_string();
        folder.push(".files");
        Some(folder.into())
    }

    /// The bot as a user.
    pub(crate) fn bot(&self) -> User {
        let id = self.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(BOT_ID);
        User {
            id,
            is_bot: true,
            first_name: self.bot_name.clone(),
            username: Some(self.bot_username.clone()),
            language_code: None,
        }
    }
}
