// What the bot streams before it sends it: a bubble that is not a message yet, with a button that stops it
// when the bot allows that. And the three dots.

import { h } from "./dom.js";
import { renderText } from "./entities.js";

/**
 * Draws the bubble of a draft; `stop(draftId)` is what the button does. New text leaves the button as it is: a
 * press and the focus survive the stream.
 */
export function drawPreview(host, { id, text, entities, canStop }, hooks, stop) {
  const content = [renderText(text, entities, hooks), ...typingDots("")];
  const draft = `${hooks.prefix}:${id}:${Boolean(canStop)}`;
  if (host.dataset.draft === draft) host.querySelector(".text").replaceChildren(...content);
  else host.replaceChildren(bubble(content, canStop && (() => stop(id))));
  host.dataset.draft = draft;
}

function bubble(content, stop) {
  const words = h("div", { class: "text", dir: "auto" }, ...content);
  const button = stop && h("button", { id: "stop-draft", class: "key danger", type: "button", onclick: stop }, "Stop");
  const stack = h("div", { class: "stack" }, h("div", { class: "bubble" }, words), button && h("div", { class: "keyboard" }, button));
  return h("div", { class: "message other first" }, h("div", { class: "line" }, stack));
}

export function typingDots(what) {
  return [`${what} `, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"))];
}
