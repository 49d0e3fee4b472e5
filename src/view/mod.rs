//! Everything that turns meaning into what a chat shows. Pure: the same input gives the same text.
//!
//! The text half: [`text`] builds text with valid formatting, [`markdown`] renders what agents write,
//! [`split`] cuts long texts into messages. Nothing here knows tokio, SQL, the network, the clock or the
//! wire format of a chat service; only its limits.

pub mod text;
pub mod markdown;
pub mod split;
mod chars;
#[cfg(test)]
mod testing;
