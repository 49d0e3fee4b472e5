// The input: text, a file to send, the message one replies to or edits.

import { edit, send, upload } from "./api.js";
import { h, icon, sizeOf } from "./dom.js";
import { firstLine, summary } from "./message.js";
import { toast } from "./overlays.js";
import { Suggestions } from "./suggestions.js";

const el = (id) => document.getElementById(id);

export class Composer {
  /** `{kind: "reply"|"edit", message}` or `{kind: "file", file}` or null. */
  #context = null;
  #key = null;
  /** Resolves when everything so far was sent; to whether the newest was taken. */
  #sent = Promise.resolve(true);

  /** `actions`: `sent()`, `editLast()`, `join(chat)`. */
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    this.input = el("input");
    this.suggestions = new Suggestions(this.input, el("suggestions"), (line) => this.sendLine(line));
    el("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => this.#keydown(event));
    this.input.addEventListener("paste", (event) => this.#takeFile(event, event.clipboardData));
    el("slash").addEventListener("click", () => this.#toggleCommands());
    el("join").addEventListener("click", () => this.actions.join(this.conversation.chat));
    el("attach").addEventListener("click", () => el("file").click());
    el("file").addEventListener("change", () => this.#attach(el("file").files[0]));
    this.#acceptDrops(el("conversation"));
  }

  /** Turns to another conversation; what was typed stays behind as its draft. */
  show(conversation) {
    const key = conversation?.key ?? null;
    if (key !== this.#key) {
      if (this.#key && this.#context?.kind !== "edit") this.store.keepDraft(this.#key, this.input.value);
      this.#key = key;
      this.#setContext(null);
      this.#setText(key ? this.store.draft(key) : "");
    }
    this.conversation = conversation;
    this.suggestions.commands = conversation ? this.store.commandsFor(conversation) : [];
    const outside = Boolean(conversation) && !conversation.chat.members.includes(this.store.personaId);
    el("join").hidden = !outside;
    el("composer").classList.toggle("outside", outside);
    const who = this.store.persona?.first_name;
    this.input.placeholder = who && who !== "You" ? `Message as ${who}` : "Message";
  }

  focus() {
    if (matchMedia("(hover: hover)").matches) this.input.focus({ preventScroll: true });
  }

  reply(message) {
    this.#setContext({ kind: "reply", message });
    this.input.focus();
  }

  edit(message) {
    this.#setContext({ kind: "edit", message });
    this.#setText(message.text ?? "");
    this.input.focus();
  }

  /** A message that went away can be neither answered nor edited. */
  forget(messageId) {
    if (this.#context?.message?.message_id !== messageId) return;
    if (this.#context.kind === "edit") this.#setText("");
    this.#setContext(null);
  }

  /** Messages are sent one after the other, in the order of their Enter; what is refused comes back into the input. */
  async #submit() {
    const text = this.input.value.trim();
    const context = this.#context;
    const where = this.conversation;
    if (!text && context?.kind !== "file") return;
    this.#setText("");
    this.#setContext(null);
    this.#sent = this.#sent.then(() => this.#attempt(() => this.#deliver(text, context, where)));
    if (await this.#sent) return;
    if (where.key !== this.#key) {
      this.store.keepDraft(where.key, text);
      return;
    }
    this.#setText([this.input.value, text].filter(Boolean).join("\n"));
    this.#setContext(this.#context ?? context);
  }

  /** Sends a line as it is, past what is being typed. */
  sendLine(text) {
    this.store.keepDraft(this.#key, "");
    if (this.input.value.startsWith("/")) this.#setText("");
    return this.#attempt(() => this.#deliver(text, null, this.conversation));
  }

  #deliver(text, context, { chat, threadId }) {
    const from = { user_id: this.store.personaId, chat_id: chat.id };
    const thread = threadId ? { thread_id: threadId } : {};
    if (context?.kind === "edit") return edit({ ...from, message_id: context.message.message_id, text });
    if (context?.kind === "file") return upload(context.file, { ...from, ...thread, caption: text });
    const reply = context?.kind === "reply" ? { reply_to_message_id: context.message.message_id } : {};
    return send({ ...from, ...thread, ...reply, text });
  }

  async #attempt(call) {
    try {
      await call();
      this.actions.sent();
      return true;
    } catch (error) {
      toast(error.message, "error");
      return false;
    }
  }

  // ---- the text

  #setText(text) {
    this.input.value = text;
    this.#changed();
  }

  #changed() {
    this.input.style.height = "auto";
    const { scrollHeight } = this.input;
    if (scrollHeight > 0) this.input.style.height = `${Math.min(scrollHeight, 220)}px`;
    el("composer").classList.toggle("ready", Boolean(this.input.value.trim()) || this.#context?.kind === "file");
    this.suggestions.update();
  }

  #keydown(event) {
    if (event.isComposing || this.suggestions.keydown(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#context) {
      this.#cancel();
    } else if (event.key === "ArrowUp" && !this.input.value && !this.#context) {
      event.preventDefault();
      this.actions.editLast();
    }
  }

  #toggleCommands() {
    const shown = !el("suggestions").hidden;
    this.#setText(shown ? "" : "/");
    this.input.focus();
  }

  // ---- what the message is about

  #setContext(context) {
    this.#context = context;
    const bar = el("context");
    bar.hidden = !context;
    bar.replaceChildren(...(context ? this.#contextBar(context) : []));
    el("file").value = "";
    this.#changed();
  }

  #contextBar({ kind, message, file }) {
    const heading = {
      reply: () => `Reply to ${message.from?.first_name ?? "a message"}`,
      edit: () => "Edit message",
      file: () => file.name,
    }[kind]();
    const line = kind === "file" ? sizeOf(file.size) : firstLine(summary(message));
    const cancel = h("button", { class: "icon-button small", type: "button", "aria-label": "Cancel", title: "Cancel", onclick: () => this.#cancel() }, icon("close"));
    return [icon({ reply: "reply", edit: "edit", file: "clip" }[kind]), h("div", {}, h("strong", {}, heading), h("span", { dir: "auto" }, line)), cancel];
  }

  #cancel() {
    if (this.#context?.kind === "edit") this.#setText("");
    this.#setContext(null);
    this.input.focus();
  }

  // ---- files

  #attach(file) {
    if (!file) return;
    this.#setContext({ kind: "file", file });
    this.input.focus();
  }

  #takeFile(event, transfer) {
    const file = transfer?.files?.[0];
    if (!file) return;
    event.preventDefault();
    this.#attach(file);
  }

  #acceptDrops(area) {
    // What is dragged out of the page is not for the page.
    let ours = false;
    document.addEventListener("dragstart", () => {
      ours = true;
    });
    document.addEventListener("dragend", () => {
      ours = false;
    });
    const over = (on) => area.classList.toggle("dropping", on);
    area.addEventListener("dragover", (event) => {
      if (ours || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      over(true);
    });
    area.addEventListener("dragleave", (event) => area.contains(event.relatedTarget) || over(false));
    area.addEventListener("drop", (event) => {
      over(false);
      if (!ours) this.#takeFile(event, event.dataTransfer);
    });
  }
}
