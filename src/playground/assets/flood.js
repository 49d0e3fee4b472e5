// The flood meter: what the bot may still send at once, for all chats and for those that are not at full.

import { h } from "./dom.js";

/** `flood` as `/sim/flood` has it. */
export function floodMeter(flood, nameOf) {
  if (!flood.on) return [h("p", { class: "calm" }, "Flood rules are off.")];
  const { limits } = flood;
  const rows = flood.chats.map((chat) => h("div", { class: "flood-chat" },
    h("p", {}, h("b", { dir: "auto" }, nameOf(chat.chat_id)), waitOf(chat.wait_ms)),
    h("div", { class: "gauges" },
      gauge("Messages", chat.messages_left, limits.messages),
      gauge("Edits", chat.edits_left, limits.edits),
      chat.minute_left == null ? null : gauge("Minute", chat.minute_left, limits.minute))));
  return [
    h("div", { class: "flood-chat" },
      h("p", {}, h("b", {}, "All chats"), waitOf(flood.overall_wait_ms)),
      h("div", { class: "gauges" }, gauge("A second", flood.overall_left, limits.overall))),
    ...rows,
    rows.length === 0 && h("p", { class: "calm" }, "Every chat has all of its allowance."),
  ].filter(Boolean);
}

function waitOf(ms) {
  return ms > 0 ? h("span", { class: "left" }, `waits ${Math.ceil(ms / 1000)} s`) : null;
}

function gauge(label, left, full) {
  const low = left <= full * 0.2 ? "low" : "";
  return h("label", { class: "gauge" },
    h("span", {}, label, h("i", {}, `${left} of ${full}`)),
    h("meter", { class: low, min: "0", max: String(full), value: String(left) }, `${left} of ${full}`));
}
