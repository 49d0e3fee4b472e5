//! The playground over HTTP, as a bot and a page meet it.

mod acting;
mod bad_input;
mod errors;
mod failures;
mod files;
mod history;
mod limits;
mod methods;
mod people;
mod polling;
mod support;
mod traffic;
mod waiting;

use super::*;
