// The input: text, a file to send, the message one replies to or edits.

import { edit, send, upload } from "./api.js";
import { h, icon, sizeOf } from "./dom.js";
import { acceptDrops, acceptPastes } from "./drops.js";
import { firstLine, summary } from "./message.js";
import { toast } from "./overlays.js";
import { Suggestions } from "./suggestions.js";

const el = (id) => document.getElementById(id);

export class Composer {
  /** `{kind: "reply", message}`, `{kind: "edit", message, draft}` (what was typed before), `{kind: "file", files}` or null. */
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
    acceptPastes(this.input, (files) => this.#attach(files));
    el("slash").addEventListener("click", () => this.#toggleCommands());
    el("join").addEventListener("click", () => this.actions.join(this.conversation.chat));
    el("attach").addEventListener("click", () => el("file").click());
    el("file").addEventListener("change", () => this.#attach([...el("file").files]));
    acceptDrops(el("conversation"), (files) => this.#attach(files));
  }

  /** Turns to another conversation; what was typed stays behind as its draft. */
  show(conversation) {
    const key = conversation?.key ?? null;
    if (key !== this.#key) {
      if (this.#key) this.store.keepDraft(this.#key, this.#context?.draft ?? this.input.value);
      this.#key = key;
      this.#setContext(null);
      this.#setText(key ? this.store.draft(key) : "");
    }
    this.conversation = conversation;
    this.suggestions.offer(conversation ? this.store.commandsFor(conversation) : []);
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
    this.#leaveEdit();
    this.#setContext({ kind: "reply", message });
    this.input.focus();
  }

  edit(message) {
    this.#setContext({ kind: "edit", message, draft: this.#context?.draft ?? this.input.value });
    this.#setText(message.text ?? "");
    this.input.focus();
  }

  /** A message that went away can be neither answered nor edited. */
  forget(messageId) {
    if (this.#context?.message?.message_id !== messageId) return;
    this.#leaveEdit();
    this.#setContext(null);
  }

  /** What was typed before the edit is there again. */
  #leaveEdit() {
    if (this.#context?.kind === "edit") this.#setText(this.#context.draft);
  }

  /** Messages are sent one after the other, in the order of their Enter; what is refused comes back into the input. */
  async #submit() {
    const text = this.input.value.trim();
    const context = this.#context;
    const where = this.#here();
    if (!text && context?.kind !== "file") return;
    this.#setText(context?.draft ?? "");
    this.#setContext(null);
    this.#sent = this.#sent.then(() => this.#attempt(() => this.#deliver(text, context, where)));
    if (!(await this.#sent)) this.#takeBack(text, context, where.key);
  }

  /** Nothing that was typed meanwhile is lost either: below an edit it waits until that is done. */
  #takeBack(text, context, key) {
    const both = (typed) => [typed, text].filter(Boolean).join("\n");
    const typed = this.input.value;
    if (key !== this.#key) {
      this.store.keepDraft(key, both(this.store.draft(key)));
    } else if (context?.kind === "edit" && !this.#context) {
      this.#setText(text);
      this.#setContext({ ...context, draft: typed });
    } else {
      this.#setText(both(typed));
      this.#setContext(this.#context ?? context);
    }
  }

  /** Where a message goes, and whose it is, when it is written; it may be sent later. */
  #here() {
    return { ...this.conversation, personaId: this.store.personaId };
  }

  /** Sends a line as it is, past what is being typed. */
  sendLine(text) {
    this.store.keepDraft(this.#key, "");
    if (this.input.value.startsWith("/")) this.#setText("");
    return this.#attempt(() => this.#deliver(text, null, this.#here()));
  }

  #deliver(text, context, { chat, threadId, personaId }) {
    const from = { user_id: personaId, chat_id: chat.id };
    const thread = threadId ? { thread_id: threadId } : {};
    if (context?.kind === "edit") return edit({ ...from, message_id: context.message.message_id, text });
    if (context?.kind === "file") return this.#uploadAll(context.files, { ...from, ...thread }, text);
    const reply = context?.kind === "reply" ? { reply_to_message_id: context.message.message_id } : {};
    return send({ ...from, ...thread, ...reply, text });
  }

  /** One after the other; the last one carries the text. What failed and what follows it stays in `files`. */
  async #uploadAll(files, fields, caption) {
    while (files.length > 0) {
      await upload(files[0], { ...fields, caption: files.length === 1 ? caption : "" });
      files.shift();
    }
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

  #contextBar({ kind, message, files }) {
    const heading = {
      reply: () => `Reply to ${message.from?.first_name ?? "a message"}`,
      edit: () => "Edit message",
      file: () => files.map((file) => file.name).join(", "),
    }[kind]();
    const line = kind === "file" ? files.map((file) => sizeOf(file.size)).join(", ") : firstLine(summary(message));
    const cancel = h("button", { class: "icon-button small", type: "button", "aria-label": "Cancel", title: "Cancel", onclick: () => this.#cancel() }, icon("close"));
    return [icon({ reply: "reply", edit: "edit", file: "clip" }[kind]), h("div", {}, h("strong", {}, heading), h("span", { dir: "auto" }, line)), cancel];
  }

  #cancel() {
    this.#leaveEdit();
    this.#setContext(null);
    this.input.focus();
  }

  // ---- files

  #attach(files) {
    if (files.length === 0) return;
    this.#leaveEdit();
    this.#setContext({ kind: "file", files });
    this.input.focus();
  }
}
