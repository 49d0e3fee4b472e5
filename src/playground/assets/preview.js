// What the bot streams before it sends it: a bubble that is not a message yet, with a button that stops it
// when the bot allows that. And the three dots.

import { h } from "./dom.js";
import { renderText } from "./entities.js";

/** The bubble of a draft; `stop(draftId)` is what the button does. */
export function previewBubble({ id, text, entities, canStop }, hooks, stop) {
  const words = h("div", { class: "text", dir: "auto" }, renderText(text, entities, hooks), ...typingDots(""));
  const button = canStop && h("button", { id: "stop-draft", class: "key danger", type: "button", onclick: () => stop(id) }, "Stop");
  const stack = h("div", { class: "stack" }, h("div", { class: "bubble" }, words), button && h("div", { class: "keyboard" }, button));
  return h("div", { class: "message other first" }, h("div", { class: "line" }, stack));
}

export function typingDots(what) {
  return [`${what} `, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"))];
}
