//! Adjutant runs a person's coding agents from Telegram.

pub mod domain;
pub mod ports;
pub mod telemetry;
pub mod config;
mod yaml;
pub mod catalog;
pub mod store;
pub mod view;
pub mod telegram;
pub mod engines;
pub mod orchestrator;
pub mod playground;
pub mod app;
pub mod cli;
