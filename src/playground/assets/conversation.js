// The open conversation: its header and its list of messages. Changes are collected and drawn once per
// frame; the view stays at the bottom when it was there, and shows old messages as one scrolls up.

import { avatar, h } from "./dom.js";
import { emptyHint } from "./hint.js";
import { createMessage, firstLine, serviceText, summary } from "./message.js";
import { drawPreview, typingDots } from "./preview.js";

/** Messages that are drawn of a conversation that is opened. */
const PAGE = 120;
/** Messages that are laid out together, and that are drawn at once as one scrolls up. */
const CHUNK = 30;
const AT_BOTTOM_PX = 48;
/** So far above the view older messages are drawn. */
const AHEAD_PX = 1500;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const gently = () => (calm.matches ? "instant" : "smooth");

const el = (id) => document.getElementById(id);

export class ConversationView {
  #items = [];
  #views = new Map();
  #start = 0;
  #dirty = new Map();
  #frame = null;
  #pinned = true;
  #below = 0;
  #box = "";

  constructor(store, actions, taps) {
    this.store = store;
    this.actions = actions;
    this.taps = taps;
    this.opened = new Set();
    this.conversation = null;
    this.list = el("messages");
    this.scroller = el("scroller");
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    el("to-bottom").addEventListener("click", () => this.toBottom(true));
    const resized = new ResizeObserver(() => this.#pinned && this.toBottom());
    resized.observe(this.list);
    resized.observe(el("preview"));
    resized.observe(this.scroller);
  }

  /** Shows a conversation from its newest messages on, or nothing. */
  show(conversation) {
    const reading = this.conversation?.key === conversation?.key && !this.#pinned;
    const { scrollTop } = this.scroller;
    this.conversation = conversation ?? null;
    el("nothing").hidden = Boolean(conversation);
    el("conversation").classList.toggle("empty", !conversation);
    this.#dirty.clear();
    this.#views.clear();
    this.list.replaceChildren();
    this.#items = conversation ? this.store.messagesOf(conversation) : [];
    this.#start = Math.max(0, this.#items.length - PAGE);
    this.list.append(...this.#chunks(this.#start, this.#items.length));
    this.#arrange(this.#start, this.#items.length);
    this.header();
    this.pinned();
    this.preview();
    this.#afterChange();
    if (reading) this.scroller.scrollTop = scrollTop;
    else this.toBottom();
  }

  /** The same conversation under a new title or with other members. */
  retitle(conversation) {
    this.conversation = conversation ?? null;
    this.header();
  }

  header() {
    const { conversation, store } = this;
    if (!conversation) return;
    const { chat, kind, title } = conversation;
    el("chat-avatar").replaceChildren(avatar({ id: kind === "topic" ? conversation.threadId : chat.id, name: title, kind }));
    el("chat-title").textContent = title;
    const members = chat.members?.length ?? 0;
    const people = `${members} ${members === 1 ? "member" : "members"}`;
    const about = { bot: "bot", group: people, topic: `${chat.title} · ${people}` }[kind];
    const typing = store.typing(conversation.key);
    el("chat-subtitle").replaceChildren(...(typing ? typingDots(typing) : [about]));
    el("chat-subtitle").classList.toggle("typing", Boolean(typing));
  }

  /** The text that the bot is streaming, as a bubble that is not a message yet. */
  preview() {
    const preview = this.conversation && this.store.preview(this.conversation.key);
    el("preview").hidden = !preview;
    if (!preview) return;
    const hooks = { command: this.actions.command, opened: this.opened, prefix: `preview:${this.conversation.key}` };
    drawPreview(el("preview"), preview, hooks, (id) => this.actions.stopDraft(this.conversation, id));
  }

  /** The bar of the newest pinned message that is of this conversation. */
  pinned() {
    const message = this.conversation && this.store.pinnedIn(this.conversation);
    el("pinned").hidden = !message;
    if (!message) return;
    el("pinned-text").textContent = firstLine(summary(message));
    el("pinned").onclick = () => this.actions.jump(message.message_id);
  }

  /** A message came, changed or went: it is drawn with the next frame. */
  change(kind, message) {
    // An edit of what is not drawn yet, or of what went, does not change what is to be done.
    if (kind !== "edit" || !this.#dirty.has(message.message_id)) this.#dirty.set(message.message_id, kind);
    this.#nextFrame();
  }

  #nextFrame() {
    this.#frame ??= requestAnimationFrame(() => this.#flush());
  }

  refreshBusy(messageId) {
    this.#views.get(messageId)?.refreshBusy?.();
  }

  #flush() {
    this.#frame = null;
    if (!this.conversation) return;
    const chat = this.store.messages.get(this.conversation.chat.id);
    for (const [id, kind] of this.#dirty) {
      const message = chat?.get(id);
      if (!message) this.#remove(id);
      else if (this.#items.some((item) => item.message_id === id)) this.#replace(message);
      else this.#insert(message, kind);
    }
    this.#dirty.clear();
    this.pinned();
    this.#afterChange();
    if (!this.#pinned) return;
    this.#forgetOld();
    this.toBottom();
  }

  /**
   * Who follows a conversation for hours need not carry all of it; scrolling up brings it back. A part with each frame:
   * thousands at once would halt the page for half a second.
   */
  #forgetOld() {
    if (this.#items.length - this.#start <= 3 * PAGE) return;
    const start = this.#start + PAGE;
    for (const { message_id: id } of this.#items.slice(this.#start, start)) this.#views.delete(id);
    const old = document.createRange();
    old.setStart(this.list, 0);
    old.setEndBefore(this.#views.get(this.#items[start].message_id).el);
    old.deleteContents();
    this.#start = start;
    this.#nextFrame();
  }

  #create(message) {
    const { store, conversation, opened, actions } = this;
    const busy = (of, key) => this.taps.waiting(of, key);
    const view = createMessage(message, { store, conversation, opened, actions, busy });
    this.#views.set(message.message_id, view);
    return view;
  }

  /** Messages in boxes: the browser passes over a whole one that is out of sight. */
  #chunks(from, to) {
    const chunks = [];
    for (let end = to; end > from; end -= CHUNK) {
      const messages = this.#items.slice(Math.max(from, end - CHUNK), end);
      chunks.unshift(h("div", { class: "chunk" }, ...messages.map((message) => this.#create(message).el)));
    }
    return chunks;
  }

  #replace(message) {
    this.#items[this.#indexOf(message.message_id)] = message;
    this.#views.get(message.message_id)?.update(message);
  }

  #insert(message, kind) {
    let at = this.#items.length;
    while (at > 0 && this.#items[at - 1].message_id > message.message_id) at -= 1;
    this.#items.splice(at, 0, message);
    if (at < this.#start) {
      this.#start += 1;
      return;
    }
    const view = this.#create(message);
    const next = this.#items[at + 1] && this.#views.get(this.#items[at + 1].message_id);
    if (next) next.el.before(view.el);
    else this.list.append(view.el);
    this.#arrange(at - 1, at + 2);
    if (kind === "message") this.#arrived(message, view);
  }

  #arrived(message, view) {
    view.el.classList.add("arriving");
    const own = message.from?.id === this.store.personaId;
    if (own) this.#pinned = true;
    else if (!this.#pinned) this.#below += 1;
    const note = h("p", { dir: "auto" }, `${message.from?.first_name ?? ""}: ${summary(message)}`);
    if (!own) el("announcer").replaceChildren(note);
  }

  #remove(id) {
    const at = this.#indexOf(id);
    if (at < 0) return;
    this.#items.splice(at, 1);
    this.#views.get(id)?.el.remove();
    this.#views.delete(id);
    if (at < this.#start) this.#start -= 1;
    this.#arrange(at - 1, at + 1);
  }

  #indexOf(id) {
    return this.#items.findIndex((item) => item.message_id === id);
  }

  /** Sets day headings and grouping of the items from..to. */
  #arrange(from, to) {
    for (let at = Math.max(from, this.#start); at < Math.min(to, this.#items.length); at += 1) {
      const before = at > 0 ? this.#items[at - 1] : null;
      this.#views.get(this.#items[at].message_id)?.arrange(before, this.#items[at + 1]);
    }
  }

  #afterChange() {
    const hint = this.list.querySelector(":scope > .hint");
    const wanted = this.conversation && this.#items.every(serviceText);
    if (wanted && !hint) this.list.append(emptyHint(this.conversation, this.store, this.actions));
    else if (!wanted) hint?.remove();
    this.#showDown();
  }

  // ---- scrolling

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight, clientWidth } = this.scroller;
    const box = `${clientWidth}x${clientHeight}`;
    const turned = box !== this.#box;
    this.#box = box;
    // A screen of another size moves the text, which is not the person's scrolling.
    if (turned && this.#pinned) return this.toBottom();
    this.#pinned = scrollHeight - scrollTop - clientHeight < AT_BOTTOM_PX;
    if (this.#pinned) this.#below = 0;
    this.#showDown();
    if (scrollTop < AHEAD_PX && this.#start > 0) this.#showOlder();
    return undefined;
  }

  #showOlder(until = this.#start - CHUNK) {
    const end = this.#start;
    this.#start = Math.max(0, until);
    const height = this.scroller.scrollHeight;
    const top = this.scroller.scrollTop;
    this.list.prepend(...this.#chunks(this.#start, end));
    this.#arrange(this.#start, end + 1);
    this.scroller.scrollTop = top + this.scroller.scrollHeight - height;
  }

  toBottom(smooth = false) {
    this.#pinned = true;
    this.#below = 0;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? gently() : "instant" });
    this.#showDown();
  }

  #showDown() {
    const button = el("to-bottom");
    button.hidden = this.#pinned;
    const badge = button.querySelector(".badge");
    badge.hidden = this.#below === 0;
    badge.textContent = this.#below;
  }

  /** Scrolls to a message and lets it flash; older ones are drawn first. Answers whether it is here. */
  jump(messageId) {
    const at = this.#indexOf(messageId);
    if (at < 0) return false;
    const far = at < this.#start;
    if (far) {
      // What is drawn now must not pull the view back to the bottom; scrolling gently would start there, too.
      this.#pinned = false;
      this.#showOlder(at - 10);
    }
    const target = this.#views.get(messageId).el;
    target.scrollIntoView({ block: "center", behavior: far ? "instant" : gently() });
    target.classList.remove("flash");
    requestAnimationFrame(() => target.classList.add("flash"));
    return true;
  }

  /** The newest message of the person that can be edited. */
  lastOwn() {
    return this.#items.findLast((message) => message.from?.id === this.store.personaId && message.text);
  }
}
