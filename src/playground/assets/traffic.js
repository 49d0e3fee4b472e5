// The raw traffic between the bot and the playground: a live list, newest first. A click shows the JSON.

import { exactTimeOf, h } from "./dom.js";

const KEPT = 300;

export class Traffic {
  #source = null;
  #after = 0;
  #fresh = [];
  #frame = null;

  /** `nameOf(chatId)` says a chat's name. */
  constructor(list, nameOf) {
    this.list = list;
    this.nameOf = nameOf;
  }

  /** Follows the server until `stop`; the browser reconnects by itself. */
  start() {
    if (this.#source) return;
    this.#source = new EventSource(`/sim/traffic?after=${this.#after}`);
    this.#source.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  stop() {
    this.#source?.close();
    this.#source = null;
  }

  /** A restarted server counts anew. */
  restart() {
    const follows = this.#source !== null;
    this.stop();
    this.#after = 0;
    this.#fresh = [];
    this.list.replaceChildren();
    if (follows) this.start();
  }

  #take(entry) {
    this.#after = entry.n;
    this.#fresh.push(entry);
    if (this.#fresh.length > KEPT) this.#fresh.shift();
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = null;
    this.list.prepend(...this.#fresh.splice(0).reverse().map((entry) => this.#row(entry)));
    while (this.list.childElementCount > KEPT) this.list.lastChild.remove();
  }

  #row(entry) {
    const { kind, at, ok, ms } = entry;
    const isCall = kind === "call";
    const what = isCall ? entry.method : Object.keys(entry.update).find((name) => name !== "update_id");
    const chat = isCall ? entry.chat_id : chatOf(entry.update[what]);
    const outcome = isCall && h("span", { class: "outcome" }, ok ? "ok" : entry.error_code || "cut");
    const row = h("details", { class: `entry ${kind} ${isCall && !ok ? "failed" : ""}` },
      h("summary", { title: isCall ? "The bot calls" : "The bot is told" },
        h("span", { class: "way", "aria-hidden": "true" }, isCall ? "→" : "←"),
        h("span", { class: "sr-only" }, isCall ? "Call" : "Update"),
        h("b", {}, what),
        h("span", { class: "where", dir: "auto" }, chat == null ? "" : this.nameOf(chat)),
        outcome,
        isCall && h("span", { class: "ms" }, `${ms} ms`),
        h("time", {}, exactTimeOf(at))));
    row.addEventListener("toggle", () => row.append(...detailsOf(entry)), { once: true });
    return row;
  }
}

const chatOf = (content) => (content?.chat ?? content?.message?.chat)?.id;

function detailsOf(entry) {
  if (entry.kind === "update") return [part("Update", entry.update)];
  const { params, ok, result, description, error_code: code } = entry;
  return [
    part("Parameters", Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name, unfolded(value)]))),
    ok ? part("Result", unfolded(result ?? "", "…")) : part(code ? `Error ${code}` : "Cut", description),
  ];
}

function part(title, content) {
  const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  return h("div", { class: "part" }, h("h4", {}, title), h("pre", { tabindex: "0", "aria-label": title }, text));
}

/** JSON in a text is shown as what it means. Other text is followed by `cut`: a result that is no JSON was cut. */
function unfolded(value, cut = "") {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value + cut;
  }
}
