//! The whole product with real programs: a person in the playground, `adjutant serve`, Claude Code and Codex, and a
//! scripted model behind them. No account, no network.
//!
//! `.ci/run` installs the programs and says in variables where they are, hence the feature `agent-tests`. The model
//! follows the script in the prompt; see `model::script`.

#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "whatever goes wrong here fails the test, helpers included"
)]

mod agent;
mod checks;
mod model;
mod policy;
mod support;
#[cfg(feature = "agent-survey")]
mod survey;

/// The tests of one agent.
macro_rules! tests_with {
    ($module:ident, $agent:ident) => {
        mod $module {
            use crate::agent::$agent;
            use crate::checks;

            #[tokio::test]
            async fn a_prompt_is_answered() {
                checks::starts(&$agent).await;
            }

            #[tokio::test]
            async fn what_it_does_is_shown_meanwhile() {
                checks::streams(&$agent).await;
            }

            #[tokio::test]
            async fn what_is_allowed_is_done() {
                checks::allowed(&$agent).await;
            }

            #[tokio::test]
            async fn what_is_denied_is_not_done() {
                checks::denied(&$agent).await;
            }

            #[tokio::test]
            async fn stop_ends_the_tool_and_the_program() {
                checks::stopped(&$agent).await;
            }

            #[tokio::test]
            async fn a_session_goes_on_after_adjutant_was_killed() {
                checks::resumed(&$agent).await;
            }

            #[tokio::test]
            async fn its_plan_is_shown() {
                checks::plans(&$agent).await;
            }

            #[tokio::test]
            async fn its_cost_is_shown() {
                checks::costs(&$agent).await;
            }

            #[tokio::test]
            async fn who_is_not_logged_in_is_told_how_to() {
                checks::logged_out(&$agent).await;
            }
        }
    };
}

tests_with!(claude, CLAUDE);
tests_with!(codex, CODEX);
