//! What waits for a person, each with the program's request that it answers.

use agent_client_protocol::Error;
use agent_client_protocol::v1::Responder;
use agent_client_protocol::v1::schema::{
    CreateElicitationResponse, ElicitationAction, PermissionOption, RequestPermissionOutcome,
    RequestPermissionResponse, ToolCallId, WriteTextFileRequest,
};

use super::elicitation::Form;
use super::replies::{refuse, respond};
use super::shell::Command;
use crate::domain::action::ProposedAction;

/// What waits for a person.
pub(super) enum Waiting {
    Permission {
        call: ToolCallId,
        action: ProposedAction,
        options: Vec<PermissionOption>,
        responder: Responder,
    },
    Terminal {
        command: Command,
        responder: Responder,
    },
    Write {
        file: WriteTextFileRequest,
        responder: Responder,
    },
    Form {
        form: Form,
        responder: Responder,
    },
}

impl Waiting {
    /// Whether the program has taken it back.
    pub(super) fn is_taken_back(&self) -> bool {
        let (Self::Permission { responder, .. }
        | Self::Terminal { responder, .. }
        | Self::Write { responder, .. }
        | Self::Form { responder, .. }) = self;
        responder.cancellation().is_cancelled()
    }

    /// Confirms that it is taken back.
    pub(super) fn let_go(self) {
        let (Self::Permission { responder, .. }
        | Self::Terminal { responder, .. }
        | Self::Write { responder, .. }
        | Self::Form { responder, .. }) = self;
        refuse(responder, Error::new(-32800, "Request cancelled"));
    }

    /// Says that nobody will answer any more.
    pub(super) fn cancel(self) {
        match self {
            Self::Permission { responder, .. } => {
                respond(responder, &RequestPermissionResponse::new(RequestPermissionOutcome::Cancelled));
            }
            Self::Form { responder, .. } => {
                respond(responder, &CreateElicitationResponse::new(ElicitationAction::Cancel));
            }
            Self::Terminal { responder, .. } | Self::Write { responder, .. } => {
                refuse(responder, Error::invalid_request().data("the prompt was cancelled"));
            }
        }
    }
}
