//! Bytes of a program's output as text for a person. Pure; keeps a few bytes between pieces, never more.

/// Turns pieces of output into text: what is not UTF-8 becomes U+FFFD, terminal escapes and control characters other
/// than newline and tab vanish, and a carriage return is a newline. Cuts no character between two pieces in half.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of a character whose rest has not come yet: three bytes at most.
    cut: Vec<u8>,
    escape: Escape,
    after_return: bool,
}

/// Where within a terminal escape the text is.
#[derive(Debug, Clone, Copy, Default)]
enum Escape {
    #[default]
    None,
    /// After ESC.
    Begun,
    /// After ESC `[`: ends with a letter or one of `@[\]^_{|}~` and the backtick.
    Sequence,
    /// After ESC and `]`, `P`, `X`, `^` or `_`: ends with BEL or ESC `\`.
    String,
    /// After an ESC in such a string.
    StringEnd,
}

impl Decoder {
    /// The text of the next piece.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> String {
        let mut input = std::mem::take(&mut self.cut);
        input.extend_from_slice(bytes);
        let mut text = String::with_capacity(input.len());
        let mut rest = input.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    self.push(valid, &mut text);
                    return text;
                }
                Err(error) => {
                    let (valid, bad) = rest.split_at(error.valid_up_to());
                    self.push(&String::from_utf8_lossy(valid), &mut text);
                    let Some(length) = error.error_len() else {
                        self.cut = bad.to_vec();
                        return text;
                    };
                    self.push("\u{fffd}", &mut text);
                    rest = &bad[length..];
                }
            }
        }
    }

    /// What is left at the end: a character that was never finished.
    pub(super) fn finish(&mut self) -> Option<String> {
        let cut = std::mem::take(&mut self.cut);
        (!cut.is_empty()).then(|| "\u{fffd}".to_owned())
    }

    fn push(&mut self, valid: &str, text: &mut String) {
        for c in valid.chars() {
            let line_ended = std::mem::replace(&mut self.after_return, false);
            match (self.escape, c) {
                (Escape::None | Escape::Begun, '\u{1b}') => self.escape = Escape::Begun,
                (Escape::None, '\r') => {
                    self.after_return = true;
                    text.push('\n');
                }
                (Escape::None, '\n') if line_ended => {}
                (Escape::None, c) if c.is_control() && !matches!(c, '\n' | '\t') => {}
                (Escape::None, c) => text.push(c),
                (Escape::Begun, '[') => self.escape = Escape::Sequence,
                (Escape::Begun, ']' | 'P' | 'X' | '^' | '_') => self.escape = Escape::String,
                // Intermediate bytes, as in ESC `(` `B`.
                (Escape::Begun, ' '..='/') => {}
                (Escape::Sequence, '\u{1b}') => self.escape = Escape::Begun,
                (Escape::Sequence, ' '..='?') => {}
                (Escape::String, '\u{1b}') => self.escape = Escape::StringEnd,
                // No newline stands in an escape: this was none, and must not swallow the rest of the output.
                (Escape::Begun | Escape::Sequence | Escape::String | Escape::StringEnd, '\n') => {
                    self.escape = Escape::None;
                    text.push('\n');
                }
                (Escape::Begun | Escape::Sequence | Escape::StringEnd, _) => self.escape = Escape::None,
                (Escape::String, '\u{7}') => self.escape = Escape::None,
                (Escape::String, _) => {}
            }
        }
    }
}
