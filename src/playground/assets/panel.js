// "Under the hood": faults to order, the flood meter and the raw traffic. While it is folded, nothing is
// asked of the server.

import { readFlood } from "./api.js";
import { h } from "./dom.js";
import { activeFaults, faultButtons } from "./faults.js";
import { floodMeter } from "./flood.js";
import { Traffic } from "./traffic.js";

const EVERY_MS = 1000;

/** Here the panel covers the page, which cannot be used meanwhile. */
const covers = matchMedia("(max-width: 720px)");

const el = (id) => document.getElementById(id);

export class Panel {
  #timer = null;
  #drawn = "";

  /** `chat()` is the id of the open chat. */
  constructor(store, chat) {
    this.nameOf = (id) => store.chat(id)?.title ?? String(id);
    this.traffic = new Traffic(el("traffic"), this.nameOf);
    el("faults").append(...faultButtons(chat, () => this.#read()));
    el("hood").addEventListener("click", () => this.toggle());
    el("panel-close").addEventListener("click", () => this.toggle(false));
    el("failures-only").addEventListener("change", (event) => el("traffic").classList.toggle("failures-only", event.target.checked));
    document.addEventListener("visibilitychange", () => this.open && this.#follow());
    covers.addEventListener("change", () => this.#cover());
    window.addEventListener("popstate", () => this.open && covers.matches && this.toggle(false));
    el("panel").addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  get open() {
    return !el("panel").hidden;
  }

  toggle(open = !this.open) {
    el("panel").hidden = !open;
    el("hood").setAttribute("aria-expanded", String(open));
    this.#cover();
    this.#follow();
    el(open ? "panel-close" : "hood").focus();
  }

  /** Browsers have few connections for all pages of an address: a page that nobody sees holds none. */
  #follow() {
    clearInterval(this.#timer);
    if (!this.open || document.hidden) return this.traffic.stop();
    this.traffic.start();
    this.#timer = setInterval(() => this.#read(), EVERY_MS);
    return this.#read();
  }

  #cover() {
    for (const area of document.querySelectorAll(".welcome, .sidebar, .conversation")) area.inert = this.open && covers.matches;
  }

  /** The server may be another one now. */
  synced() {
    this.traffic.restart();
  }

  async #read() {
    try {
      this.#draw(await readFlood());
    } catch (error) {
      this.#drawn = "";
      el("flood").replaceChildren(h("p", { class: "calm" }, error.message));
    }
  }

  #draw(flood) {
    const drawn = JSON.stringify(flood);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    el("active-faults").replaceChildren(...activeFaults(flood.faults, this.nameOf));
    el("flood").replaceChildren(...floodMeter(flood, this.nameOf));
  }
}
