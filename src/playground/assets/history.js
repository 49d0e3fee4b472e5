// The versions of an edited message, newest first, with the lines that each one brought.

import { readHistory } from "./api.js";
import { exactTimeOf, h } from "./dom.js";
import { showDialog, toast } from "./overlays.js";

export async function openHistory(message) {
  let revisions;
  try {
    revisions = await readHistory(message.chat.id, message.message_id);
  } catch (error) {
    toast(error.message, "error");
    return;
  }
  const versions = revisions.map((revision, at) => version(revision, revisions[at - 1], at)).reverse();
  const times = revisions.length - 1;
  await showDialog([
    h("h3", {}, "Edits of this message"),
    h("p", { class: "calm" }, `${times} ${times === 1 ? "edit" : "edits"}, newest first. New lines are marked.`),
    h("ol", { class: "versions", tabindex: "0", "aria-label": "Versions" }, ...versions),
  ], [["Close", "ok"]]);
}

function version(revision, before, at) {
  const known = new Set(before ? linesOf(before) : []);
  const lines = linesOf(revision).map((line) => h("p", { class: before && line && !known.has(line) ? "fresh" : null, dir: "auto" }, line || " "));
  return h("li", { class: "version" },
    h("p", { class: "version-head" }, h("b", {}, at === 0 ? "Sent" : `Edit ${at}`), h("time", {}, exactTimeOf(revision.at))),
    ...lines);
}

/** Its text, and a line for each row of buttons. */
function linesOf({ text, reply_markup: markup }) {
  const rows = markup?.inline_keyboard ?? [];
  return [...text.split("\n"), ...rows.map((row) => row.map((key) => `[${key.text}]`).join(" "))];
}
