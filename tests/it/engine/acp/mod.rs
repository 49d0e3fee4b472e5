//! The `acp` engine with programs that behave in all sorts of ways.

mod agent;
mod bench;
mod endings;
mod noise;
mod requests;
mod sessions;
mod starts;
