//! The first words with a person: hello, help, who they are, and that we do not know them.

use crate::domain::access::Role;
use crate::domain::agent::TOUR;
use crate::domain::command::can_be_tapped;
use crate::domain::ids::UserId;
use crate::domain::message::Style;
use crate::domain::press::{NameKey, Press};

use super::{Said, built, short};
use crate::view::clean::line;
use crate::view::compose::row;
use crate::view::text::RichBuilder;

/// Hello, and the first thing to try.
pub(super) fn welcome(name: &str, example: Option<&str>) -> Said {
    let name = short(name);
    let hello = if name.is_empty() { "Hello.".to_owned() } else { format!("Hello, {name}.") };
    let text = built(|text| {
        text.push(&hello);
        text.push(" I run your coding agents here: you write, they work, and I ask you before they do anything risky.");
        match example {
            Some(agent) => {
                text.push("\n\nTry this first: ");
                text.push_styled(Style::Code, &format!("/agent {}", short(agent)));
                text.push("\n\n/agents shows them all, /help says how it works.")
            }
            None => text.push(
                "\n\nThere are no agents yet. Put a definition file into your agents directory first. \
                 /help says how it works.",
            ),
        };
    });
    let buttons = example.map(|agent| {
        let key = NameKey::of(agent);
        // The tour shows itself; what another agent shall do has to be said.
        let press = if agent == TOUR { Press::TryAgent(key) } else { Press::PickAgent(key) };
        row(&format!("Try {}", short(agent)), press)
    });
    (text, buttons.into_iter().collect())
}

/// So many commands of a session are named.
const OFFERED: usize = 12;

/// Longest name of a command, in UTF-16 units.
const COMMAND: usize = 40;

/// What there is, on one screen.
pub(super) fn help(offered: &[String]) -> Said {
    let text = built(|text| {
        text.push(HELP);
        if !offered.is_empty() {
            text.push("\n\nThis session also takes: ");
            commands(text, offered);
            text.push(".");
        }
    });
    (text, Vec::new())
}

fn commands(text: &mut RichBuilder, offered: &[String]) {
    for (at, name) in offered.iter().take(OFFERED).enumerate() {
        text.push(if at == 0 { "" } else { ", " });
        let command = format!("/{}", line(name, COMMAND));
        // Chats let people tap what they take for a command, and of others would send a part.
        if can_be_tapped(name) {
            text.push(&command);
        } else {
            text.push_styled(Style::Code, &command);
        }
    }
    let more = offered.len().saturating_sub(OFFERED);
    if more > 0 {
        text.push(&format!(" and {more} more"));
    }
}

const HELP: &str = "\
Write what you want done; the agent that you used last does it. While one works, what you write waits its turn; Steer, where it is offered, passes it on at once.

/agent – choose an agent; with its name and a request, it starts at once. Its name alone is a command, too
/agents – look through them, search, keep one for this chat
/chain – several agents, one after the other
/race – several agents side by side; you keep one
/stop – stop what is running
/new – start over, without what was said before
/continue – go on with an earlier session

/status – what is going on here
/tasks – earlier tasks; /task 42 shows one
/approvals – what waits for your answer
/usage – tokens and cost

/workspace – where the agents work
/engine – which program runs them
/settings – how much you see, what rings
/whoami – your user id and role

Before something risky I show you the exact action: Allow lets it happen once, Always… for the rest of the task, \
Deny not at all. Without an answer it does not happen.";

/// Someone on no list.
pub(super) fn refused(user: UserId) -> Said {
    let text = built(|text| {
        text.push("I don't know you. Your user id is ").push_styled(Style::Code, &user.to_string());
        text.push(" (tap to copy). Ask the owner to add it to ");
        text.push_styled(Style::Code, "ADJUTANT_OWNERS").push(" or ");
        text.push_styled(Style::Code, "access.members").push(".");
    });
    (text, Vec::new())
}

/// Who they are.
pub(super) fn whoami(user: UserId, place: &str, role: Role) -> Said {
    let role = match role {
        Role::Owner => "You are an owner: you may do everything.",
        Role::Member => "You are a member: you may run agents, and approve what your own tasks ask for.",
        Role::Guest => {
            "You are a guest in this group: you may run agents. Approving is for members and owners."
        }
        Role::Stranger => "You are on no list here.",
    };
    let text = built(|text| {
        text.push(role).push("\n\nYour user id: ").push_styled(Style::Code, &user.to_string());
        text.push("\nThis chat: ").push_styled(Style::Code, &short(place));
    });
    (text, Vec::new())
}
