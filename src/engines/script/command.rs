//! The `run` step: a shell command, asked for, carried out as it was shown, and streamed.

use super::super::link::{Halt, Link};
use super::super::titles::{code, in_short};
use super::run::{Run, text_of};
use super::steps::RunStep;
use super::template::variables;
use crate::domain::action::ProposedAction;
use crate::domain::event::EngineEvent;
use crate::engines::process::{Launch, ProcessTree, check_variables};

impl Run {
    pub(super) async fn run(&mut self, step: RunStep) -> Result<(), Halt> {
        let env = variables(&step.command, &self.values);
        // Before anybody is asked about something that cannot be.
        check_variables(&env).map_err(|error| Halt::Failed(error.to_string()))?;
        let title = format!("Run {}", code(&in_short(&step.command)));
        let action = ProposedAction::Command { command: step.command, cwd: text_of(&self.workspace)?, env };
        let Some((id, action)) = self.permitted(title, action, step.ask).await? else { return Ok(()) };
        let ProposedAction::Command { command, cwd, env } = action else { return Ok(()) };
        let name = in_short(&command);
        let launch =
            Launch { program: "sh".into(), args: vec!["-c".into(), command.into()], cwd: cwd.into(), env };
        let tree = match ProcessTree::spawn(&self.guard, &launch) {
            Ok(tree) => tree,
            Err(error) => {
                self.settle(id, Some("not started".to_owned())).await?;
                return Err(Halt::Failed(error.to_string()));
            }
        };
        let code = stream(&mut self.link, &id, tree).await?;
        let failure = (code != 0).then(|| format!("exit {code}"));
        self.settle(id, failure.clone()).await?;
        match failure {
            Some(exit) if !step.allow_failure => Err(Halt::Failed(format!("`{name}` ended with {exit}"))),
            Some(_) | None => Ok(()),
        }
    }
}

/// Reports the output until the tree is gone. When the run is to end, the tree is gone before this returns.
async fn stream(link: &mut Link, id: &str, mut tree: ProcessTree) -> Result<i32, Halt> {
    let halt = loop {
        match link.or_stop(tree.next_chunk()).await {
            Ok(Some(chunk)) => {
                if let Err(halt) = link.emit(EngineEvent::Output { action: id.to_owned(), chunk }).await {
                    break halt;
                }
            }
            Ok(None) => return Ok(tree.exit_code().await),
            Err(halt) => break halt,
        }
    };
    tree.stop().await;
    Err(halt)
}
