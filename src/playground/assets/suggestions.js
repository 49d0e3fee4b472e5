// The list of commands over the input while one types "/".

import { h } from "./dom.js";

export class Suggestions {
  #commands = [];
  #shown = [];
  #at = -1;
  #dismissed = null;

  /** `choose(line)` sends a command that was pressed. */
  constructor(input, list, choose) {
    this.input = input;
    this.list = list;
    this.choose = choose;
  }

  /** What there is to choose from; it may change while one types. */
  offer(commands) {
    if (JSON.stringify(commands) === JSON.stringify(this.#commands)) return;
    this.#commands = commands;
    this.update();
  }

  update() {
    const typed = this.input.value;
    const word = /^\/([a-z0-9_]*)$/i.exec(typed);
    if (!word || typed !== this.#dismissed) this.#dismissed = null;
    const prefix = word?.[1].toLowerCase();
    this.#shown = word && this.#dismissed === null ? this.#commands.filter((c) => c.command.startsWith(prefix)) : [];
    this.#at = -1;
    this.#draw();
  }

  #draw() {
    this.list.hidden = this.#shown.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(...this.#shown.map((command, at) => this.#option(command, at)));
    this.#mark();
  }

  #option({ command, description }, at) {
    const option = h("li", { id: `suggestion-${at}`, role: "option", class: "suggestion" }, h("strong", {}, `/${command}`), h("span", {}, description));
    // Keeps the focus in the input.
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    option.addEventListener("click", () => this.choose(`/${command}`));
    return option;
  }

  #mark() {
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.#at)));
    const current = this.list.children[this.#at];
    current?.scrollIntoView({ block: "nearest" });
    if (current) this.input.setAttribute("aria-activedescendant", current.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** Handles a key while the list is open; answers whether it did. */
  keydown(event) {
    if (this.#shown.length === 0) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const count = this.#shown.length;
      this.#at = this.#at < 0 && step < 0 ? count - 1 : (this.#at + step + count) % count;
      this.#mark();
    } else if (event.key === "Tab" && !event.shiftKey) this.#fill(Math.max(this.#at, 0));
    else if (event.key === "Enter" && !event.shiftKey) return this.#enter(event);
    else if (event.key === "Escape") this.#dismiss();
    else return false;
    event.preventDefault();
    return true;
  }

  /** Enter sends a marked or a complete command, and completes a partial one. */
  #enter(event) {
    const typed = this.input.value.slice(1).toLowerCase();
    const complete = this.#shown.some((c) => c.command === typed);
    if (this.#at < 0 && complete) return false;
    event.preventDefault();
    if (this.#at >= 0) this.choose(`/${this.#shown[this.#at].command}`);
    else this.#fill(0);
    return true;
  }

  #fill(at) {
    this.input.value = `/${this.#shown[at].command} `;
    this.input.dispatchEvent(new Event("input"));
  }

  #dismiss() {
    this.#dismissed = this.input.value;
    this.update();
  }
}
