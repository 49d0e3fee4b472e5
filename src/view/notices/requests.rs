//! Why a message or a press was not carried out, and what to do instead.

use super::{Said, built, plain, short};
use crate::domain::ids::TaskId;
use crate::view::clean::line;
use crate::view::compose::title;
use crate::view::quantity::bytes;

/// How long a warning is shown, in characters.
const WARNING: usize = 500;

/// A command we do not know.
pub(super) fn unknown(command: &str, nearest: Option<&str>) -> Said {
    let command = short(command);
    match nearest {
        Some(nearest) => plain(format!("I don't know {command}. Did you mean {}?", short(nearest))),
        None => plain(format!("I don't know {command}. /help shows what there is.")),
    }
}

/// A command with a wrong argument.
pub(super) fn wrong_argument(command: &str, expected: &str) -> Said {
    let (command, expected) = (short(command), line(expected, 200));
    plain(format!("{command} does not take that. Write it like this: {expected}"))
}

/// An edited message.
pub(super) fn edit_ignored() -> Said {
    plain("I don't follow edits. Send it as a new message.")
}

/// A forwarded command.
pub(super) fn forward_ignored() -> Said {
    plain("I don't carry out forwarded commands. If you want this, write it yourself.")
}

/// A message without text.
pub(super) fn unsupported() -> Said {
    plain("I read text, photos and files. Write what you want done.")
}

/// A file that is too big to be fetched.
pub(super) fn file_too_big(name: &str, limit: u64) -> Said {
    let limit = bytes(limit);
    plain(format!(
        "{} is too big: bots can fetch files of up to {limit}. Nothing was started.",
        line(name, 60)
    ))
}

/// A file came with words that have no use for one.
pub(super) fn file_unused() -> Said {
    plain("The file was not used. Send it with what the agent shall do as its caption.")
}

/// A prompt with nothing in it.
pub(super) fn empty_prompt() -> Said {
    plain("There is nothing in it to do. Write what you want done.")
}

/// A prompt longer than we take.
pub(super) fn prompt_too_long(size: usize, limit: usize) -> Said {
    let (size, limit) = (bytes(size as u64), bytes(limit as u64));
    plain(format!(
        "That is too long: {size}, and I take up to {limit}. Nothing was started. \
         Put the long part into a file in the workspace and name the file."
    ))
}

/// Only the requester or an owner may.
pub(super) fn not_yours() -> Said {
    plain("Only whoever asked for the task, or an owner, can do that.")
}

/// A question can no longer be answered.
pub(super) fn question_gone() -> Said {
    plain("Nobody waits for this answer any more: the task has ended or has gone on.")
}

/// The session that was to be continued is gone.
pub(super) fn session_lost() -> Said {
    plain(
        "The earlier session could not be taken up again; this is a new one. It knows nothing of what was said before.",
    )
}

/// Something is not as the agent's definition wants it.
pub(super) fn warning(task: TaskId, text: &str) -> Said {
    let text = built(|built| {
        title(built.push(&format!("#{task}: ")), &line(text, WARNING));
    });
    (text, Vec::new())
}

/// Something went wrong on our side.
pub(super) fn trouble() -> Said {
    plain("Something went wrong on my side, and nothing was done. Try it again.")
}
