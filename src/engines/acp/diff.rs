//! Changes of files, line by line. Pure.

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 2;

/// What two texts have in common, and what not.
struct Parts<'t> {
    before: Vec<&'t str>,
    removed: Vec<&'t str>,
    added: Vec<&'t str>,
    after: Vec<&'t str>,
}

fn parts<'t>(old: Option<&'t str>, new: &'t str) -> Parts<'t> {
    // Not `lines`: a change of line ends is a change.
    let old: Vec<&str> = old.unwrap_or_default().split('\n').collect();
    let new: Vec<&str> = new.split('\n').collect();
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
    Parts {
        before: old[..head].to_vec(),
        removed: old[head..old.len() - tail].to_vec(),
        added: new[head..new.len() - tail].to_vec(),
        after: old[old.len() - tail..].to_vec(),
    }
}

/// How many lines are added and removed.
pub(super) fn size(old: Option<&str>, new: &str) -> (usize, usize) {
    let parts = parts(old, new);
    (parts.added.len(), parts.removed.len())
}

/// The whole change, with a few unchanged lines around it.
pub(super) fn text(old: Option<&str>, new: &str) -> String {
    let parts = parts(old, new);
    let before = &parts.before[parts.before.len().saturating_sub(CONTEXT)..];
    let after = &parts.after[..parts.after.len().min(CONTEXT)];
    let mut text = String::new();
    for (mark, lines) in
        [("  ", before), ("- ", parts.removed.as_slice()), ("+ ", parts.added.as_slice()), ("  ", after)]
    {
        for line in lines {
            text.push_str(mark);
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_every_line_that_changes() {
        for (old, new, shown, counted) in [
            (None, "a\nb", "- \n+ a\n+ b\n", (2, 1)),
            (Some("a\nb\nc\nd\ne\n"), "a\nb\nc\nX\ne\n", "  b\n  c\n- d\n+ X\n  e\n  \n", (1, 1)),
            (Some("same"), "same", "  same\n", (0, 0)),
            (Some("a\na\na"), "a\na", "  a\n  a\n- a\n", (0, 1)),
            (Some("line\n"), "line\r\n", "- line\n+ line\r\n  \n", (1, 1)),
            (Some("x"), "", "- x\n+ \n", (1, 1)),
        ] {
            assert_eq!((text(old, new).as_str(), size(old, new)), (shown, counted), "{old:?} {new:?}");
        }
    }
}
