//! A press on an approval: judged by the approval itself, stored with the task's step in one transaction.

use crate::domain::approval::{Approval, ApprovalPress, PressOutcome, Refusal};
use crate::domain::card::{ApprovalCard, ApprovalStage, Card};
use crate::domain::delivery::{NewDelivery, Subject};
use crate::domain::event::TaskEvent;
use crate::domain::ids::ApprovalId;
use crate::domain::press::{Choice, Nonce};
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::actor::ActorMessage;
use super::super::actor::approvals::close;
use super::super::advance::{AdvanceError, advance};
use super::super::compose::compose;
use super::super::core::FollowUp;
use super::{Intake, Speaker};

impl Intake<'_> {
    pub(super) async fn approval(
        &mut self,
        who: &Speaker,
        id: ApprovalId,
        nonce: Nonce,
        choice: Choice,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(approval) = self.tx.approval(id).await? else {
            return Ok(Some(Toast::Refused(Refusal::Foreign)));
        };
        let (by, name, place, at) = (who.user(), who.person.name.as_str(), Some(who.place), self.now);
        let press = ApprovalPress { by, name, place, nonce, choice, at };
        match approval.press(press, &self.core.access) {
            Ok(PressOutcome::Answered(answered)) => self.answer_approval(&answered).await.map(Some),
            Ok(PressOutcome::Menu { lasting }) => {
                self.change_menu(approval, lasting).await?;
                Ok(None)
            }
            Err(refusal) => {
                tracing::info!(approval = %id, user = %who.user(), %refusal, "a press was refused");
                Ok(Some(Toast::Refused(refusal)))
            }
        }
    }

    async fn answer_approval(&mut self, approval: &Approval) -> Result<Toast, StoreError> {
        let event = TaskEvent::ApprovalResolved { run: approval.run, approval: approval.id };
        let advanced = match advance(self.tx, self.core, approval.task, event, self.now, None).await {
            Ok(advanced) => advanced,
            Err(AdvanceError::Store(error)) => return Err(error),
            Err(AdvanceError::Rejected(rejected)) => return Ok(Toast::Rejected(rejected)),
            Err(AdvanceError::Unknown(_)) => return Ok(Toast::UnknownTask),
        };
        let workspace = &advanced.task.workspace;
        let rows = close(self.tx, &*self.core.chat, approval, workspace, self.now).await?;
        self.after.push(FollowUp::ApprovalEnded(approval.status.name()));
        self.after.extend(rows.into_iter().chain(advanced.deliveries).map(FollowUp::Deliver));
        self.after.extend(advanced.follow_ups);
        self.after.push(FollowUp::Tell(approval.task, ActorMessage::Resolved(Box::new(approval.clone()))));
        Ok(Toast::Approval(approval.status.clone()))
    }

    /// Shows the lasting choices on the card, or hides them again.
    async fn change_menu(&mut self, approval: Approval, lasting: bool) -> Result<(), StoreError> {
        let workspace = self.tx.task(approval.task).await?.map(|task| task.workspace).unwrap_or_default();
        let (place, subject) = (approval.place, Subject::approval(approval.id));
        let stage = if lasting { ApprovalStage::Lasting } else { ApprovalStage::Main };
        let card = ApprovalCard { approval, workspace, stage, rings: false };
        if let Some(message) = compose(&*self.core.chat, &Card::Approval(card)).pop() {
            self.deliver(&NewDelivery::edit(place, subject, message)).await?;
        }
        Ok(())
    }
}
