//! What people press. Every press is answered: with what it did, or with why it did nothing.

use crate::domain::dialogue::Utterance;
use crate::domain::input::IncomingPress;
use crate::domain::press::Press;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::core::FollowUp;
use super::{Intake, Speaker};

impl Intake<'_> {
    pub(super) async fn pressed(&mut self, press: IncomingPress) -> Result<(), StoreError> {
        let toast = self.press_toast(&press).await?;
        self.after.push(FollowUp::Toast { query: press.query, toast });
        Ok(())
    }

    async fn press_toast(&mut self, press: &IncomingPress) -> Result<Option<Toast>, StoreError> {
        let (Some(place), Some(meaning)) = (press.place, press.press.clone()) else {
            tracing::warn!(user = %press.from.id, "a press with data that is not ours");
            return Ok(Some(Toast::UnknownButton));
        };
        // Where people press our buttons we can write to them, whatever we were told before.
        self.after.push(FollowUp::Reachable(place.chat, true));
        // An approval has its own rules about who may answer, and says so itself.
        let is_approval = matches!(meaning, Press::Approval { .. });
        if !is_approval && !self.core.access.may_use(press.from.id, place.chat) {
            return Ok(Some(Toast::Stranger));
        }
        let who = Speaker { place, person: press.from.clone(), message: None, quote: false };
        self.utter(&who, Utterance::Press(meaning)).await
    }
}
