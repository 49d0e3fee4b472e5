//! Agent files -> agents.

pub(crate) mod yaml;
