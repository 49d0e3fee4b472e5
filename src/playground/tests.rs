//! The playground over HTTP, as a bot and a page meet it.

mod errors;
mod failures;
mod files;
mod history;
mod people;
mod polling;
mod support;
mod traffic;

use super::*;
