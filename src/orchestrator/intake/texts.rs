//! What people write: who may, what counts, and what is no command at all.

use crate::domain::agent::nearest;
use crate::domain::card::Notice;
use crate::domain::command::{COMMANDS, Command, Parsed, parse};
use crate::domain::conversation::Conversation;
use crate::domain::dialogue::{Dialogue, Utterance};
use crate::domain::ids::{MessageId, Place};
use crate::domain::input::{IncomingText, Person, SentFile};
use crate::store::StoreError;

use super::super::core::FollowUp;
use super::{Intake, Speaker};

/// The largest file that a bot can fetch, in bytes. Source: `getFile` of the Bot API.
const FILE_LIMIT: u64 = 20_000_000;

/// What a file without words asks for.
const FILE_ALONE: &str = "Look at the attached file.";

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
        if !self.core.menus.knows(who.place.chat) {
            self.after.push(FollowUp::Menu(who.place.chat));
        }
        if let Some(file) = text.files.iter().find(|file| file.bytes.is_some_and(|bytes| bytes > FILE_LIMIT))
        {
            let notice = Notice::FileTooBig { name: file.name.clone(), limit: FILE_LIMIT };
            self.notice(&who, notice).await?;
            return Ok(());
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
                return self.say_with(&who, Utterance::Command(command), text.files).await;
            }
            Parsed::Text(words) if words.is_empty() && !text.files.is_empty() => {
                return self.say_with(&who, Utterance::Text(FILE_ALONE.to_owned()), text.files).await;
            }
            Parsed::Text(words) => return self.say_with(&who, Utterance::Text(words), text.files).await,
            Parsed::Invalid { command, expected: Some(expected), arguments: _ } => {
                Notice::WrongArgument { command, expected: expected.to_owned() }
            }
            Parsed::Invalid { command, arguments, expected: None } => {
                return self.foreign_command(&who, command, arguments, text.files).await;
            }
        };
        self.notice(&who, notice).await?;
        Ok(())
    }

    /// A command that is none of ours: an agent's, else the session's, else nobody's. An agent's goes first: the session's of
    /// the same name can still be given as a prompt, after the agent's name.
    async fn foreign_command(
        &mut self,
        who: &Speaker,
        command: String,
        arguments: String,
        files: Vec<SentFile>,
    ) -> Result<(), StoreError> {
        let name = command.trim_start_matches('/');
        let conversation = self.tx.conversation(who.place).await?;
        let agents = self.agents_in(&conversation);
        let called = agents.called_by(name);
        let notice = match called.as_slice() {
            [agent] => {
                let prompt = Some(arguments).filter(|words| !words.is_empty());
                let command = Command::Agent { name: Some(agent.clone()), prompt };
                return self.say_with(who, Utterance::Command(command), files).await;
            }
            [] => match self.offered_command(&conversation, name, &arguments) {
                Some(words) => return self.say_with(who, Utterance::Offered(words), files).await,
                None => self.called_elsewhere(name).unwrap_or_else(|| {
                    let agents = agents.commands();
                    let ours = COMMANDS.iter().map(|(name, _)| *name);
                    let names = ours.chain(agents.iter().map(|(command, _)| command.as_str()));
                    let nearest = nearest(names, name, 1).pop().map(|name| format!("/{name}"));
                    Notice::UnknownCommand { command: command.clone(), nearest }
                }),
            },
            _ => Notice::AmbiguousCommand { command, agents: called },
        };
        self.notice(who, notice).await?;
        Ok(())
    }

    /// Takes in what was said; files that nothing of it takes are told to be unused.
    async fn say_with(
        &mut self,
        who: &Speaker,
        utterance: Utterance,
        files: Vec<SentFile>,
    ) -> Result<(), StoreError> {
        self.files = files;
        self.utter(who, utterance).await?;
        if !std::mem::take(&mut self.files).is_empty() {
            self.notice(who, Notice::FileUnused).await?;
        }
        Ok(())
    }

    /// The agent of another workspace that a command means.
    fn called_elsewhere(&self, name: &str) -> Option<Notice> {
        let agent = self.agents.called_by(name).pop()?;
        let workspace = self.agents.home_of(&agent)?.to_owned();
        Some(Notice::AgentElsewhere { agent, workspace })
    }

    /// The words of a command that is none of ours, as the session wants them if it is one of its own.
    fn offered_command(&self, conversation: &Conversation, name: &str, arguments: &str) -> Option<String> {
        let offered = self.offered(conversation).iter().find(|offered| offered.eq_ignore_ascii_case(name))?;
        Some(format!("/{offered} {arguments}").trim_end().to_owned())
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
