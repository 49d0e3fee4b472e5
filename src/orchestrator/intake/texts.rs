//! What people write: who may, what counts, and what is no command at all.

use crate::domain::agent::nearest;
use crate::domain::card::Notice;
use crate::domain::command::{COMMANDS, Parsed, parse};
use crate::domain::dialogue::{Dialogue, Utterance};
use crate::domain::ids::{MessageId, Place};
use crate::domain::input::{IncomingText, Person};
use crate::store::StoreError;

use super::super::core::FollowUp;
use super::{Intake, Speaker};

impl Intake<'_> {
    pub(super) async fn text(&mut self, text: IncomingText) -> Result<(), StoreError> {
        let who = Speaker {
            place: text.place,
            person: text.from,
            message: Some(text.message),
            quote: !text.private,
        };
        // Where people can write to us we can write to them, whatever we were told before.
        self.after.push(FollowUp::Reachable(who.place.chat, true));
        if !self.core.access.may_use(who.user(), who.place.chat) {
            return self.refuse(&who).await;
        }
        let notice = match parse(&text.text, &self.core.bot) {
            Parsed::OtherBot => {
                tracing::debug!(place = %who.place, "a command for another bot");
                return Ok(());
            }
            // People correct typos; an edit must never run something a second time.
            _ if text.edited => Notice::EditIgnored,
            // Somebody else's words are no commands of this person.
            Parsed::Command(_) | Parsed::Invalid { .. } if text.forwarded => Notice::ForwardIgnored,
            Parsed::Command(command) => {
                self.utter(&who, Utterance::Command(command)).await?;
                return Ok(());
            }
            Parsed::Text(words) => {
                self.utter(&who, Utterance::Text(words)).await?;
                return Ok(());
            }
            Parsed::Invalid { command, expected: Some(expected) } => {
                Notice::WrongArgument { command, expected: expected.to_owned() }
            }
            Parsed::Invalid { command, expected: None } => {
                let names = COMMANDS.iter().map(|(name, _)| *name);
                let nearest =
                    nearest(names, command.trim_start_matches('/'), 1).pop().map(|name| format!("/{name}"));
                Notice::UnknownCommand { command, nearest }
            }
        };
        self.notice(&who, notice).await?;
        Ok(())
    }

    pub(super) async fn unsupported(
        &mut self,
        place: Place,
        from: &Person,
        message: MessageId,
    ) -> Result<(), StoreError> {
        let who = Speaker { place, person: from.clone(), message: Some(message), quote: true };
        if !self.core.access.may_use(who.user(), place.chat) {
            return self.refuse(&who).await;
        }
        self.notice(&who, Notice::Unsupported).await?;
        Ok(())
    }

    /// Somebody on no list is told so once in each place, with the id that an owner needs to let them in.
    async fn refuse(&mut self, who: &Speaker) -> Result<(), StoreError> {
        if self.tx.dialogue(who.place, who.user()).await? == Dialogue::Refused {
            tracing::debug!(user = %who.user(), "refused again, in silence");
            return Ok(());
        }
        tracing::warn!(user = %who.user(), place = %who.place, "refused: on no list");
        self.tx.save_dialogue(who.place, who.user(), &Dialogue::Refused, self.now).await?;
        self.notice(who, Notice::Refused { user: who.user() }).await?;
        Ok(())
    }
}
