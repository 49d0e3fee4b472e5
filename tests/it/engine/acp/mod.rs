//! The `acp` engine with programs that behave in all sorts of ways.

mod agent;
mod bench;
mod endings;
mod noise;
mod policy;
mod requests;
mod sessions;
mod starts;
