//! What was used, as tables that a phone shows without breaking their lines.

use std::fmt::Write as _;

use super::{Said, built, plain};
use crate::domain::card::UsageReport;
use crate::domain::event::Usage;
use crate::domain::message::Style;
use crate::domain::usage::{Sum, Used, Window, sums, total};
use crate::view::chars::width;
use crate::view::clean::line;
use crate::view::quantity::{dollars, tokens};

/// Columns: of a name, of tasks, of tokens, of a cost; together what a phone shows in one line.
const COLUMNS: [usize; 4] = [12, 6, 7, 9];

/// Most agents, and most engines, of one table. The last of more are put together.
const MOST: usize = 8;

/// What stands for an amount that is not known.
const UNKNOWN: &str = "–";

/// What was used in times of several lengths.
pub(super) fn usage(report: &UsageReport) -> Said {
    let nothing = report.windows.iter().all(|(_, used)| used.is_empty());
    let place = match (report.everywhere, nothing) {
        (true, true) => "in any chat",
        (true, false) => "in all chats",
        (false, _) => "in this chat",
    };
    if nothing {
        return plain(format!(
            "Nothing was used {place} in the last 30 days, as far as the engines tell. Not all of them do."
        ));
    }
    let text = built(|text| {
        text.push(&format!("Used {place}. Times count back from now, in whole hours."));
        let mut before: &[Used] = &[];
        for (window, used) in &report.windows {
            text.push("\n\n").push_styled(Style::Bold, title(*window)).push("\n");
            if used.is_empty() {
                text.push("Nothing.");
            } else if used == before {
                text.push("The same.");
            } else {
                text.push_styled(Style::Pre(None), &table(used));
            }
            before = used;
        }
        text.push("\n\nWhat an engine does not tell is not in it.");
    });
    (text, Vec::new())
}

fn title(window: Window) -> &'static str {
    match window {
        Window::Day => "Last 24 hours",
        Window::Week => "Last 7 days",
        Window::Month => "Last 30 days",
    }
}

fn table(used: &[Used]) -> String {
    let mut table = String::new();
    row(&mut table, ["", "tasks", "tokens", "cost"]);
    sum(&mut table, "all", &total(used));
    for (heading, sums) in [
        ("by agent", sums(used, |used| &used.agent, MOST)),
        ("by engine", sums(used, |used| &used.engine, MOST)),
    ] {
        row(&mut table, [heading, "", "", ""]);
        for one in &sums {
            let name = if one.name.is_empty() { "others" } else { &one.name };
            sum(&mut table, &format!(" {}", fitted(name, COLUMNS[0] - 1)), one);
        }
    }
    table.truncate(table.trim_end().len());
    table
}

fn sum(table: &mut String, name: &str, Sum { tasks, usage: Usage { cost_usd, tokens: used }, .. }: &Sum) {
    let used = used.map_or_else(|| UNKNOWN.to_owned(), tokens);
    let cost = cost_usd.map_or_else(|| UNKNOWN.to_owned(), dollars);
    row(table, [name, &(*tasks).min(99_999).to_string(), &used, &cost]);
}

/// The name to the left, the numbers to the right.
fn row(table: &mut String, [name, tasks, tokens, cost]: [&str; 4]) {
    let [names, a, b, c] = COLUMNS;
    let gap = names.saturating_sub(width(name));
    let row = format!("{name}{:gap$}{tasks:>a$}{tokens:>b$}{cost:>c$}", "");
    // Writing to a string cannot fail.
    let _ = writeln!(table, "{}", row.trim_end());
}

/// A name in so many columns; some letters take two.
fn fitted(name: &str, columns: usize) -> String {
    let shorter = (0..=columns).rev().map(|most| line(name, most));
    shorter.into_iter().find(|name| width(name) <= columns).unwrap_or_default()
}
