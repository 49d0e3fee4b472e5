// One message as an element: bubble, reply, document, keyboard, time. An edit replaces only the parts
// that changed, so that a button under a finger or the keyboard's focus survives a stream of edits.

import { avatar, dayLabel, h, icon, sentAt, timeOf } from "./dom.js";
import { endsInBlock, linkAddress, renderText } from "./entities.js";
import { documentPart, photoPart, soundPart } from "./files.js";
import { reactionChips } from "./reactions.js";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Text for one line: a chat list row, a quoted reply, an announcement. */
export function summary(message) {
  if (message.document) return message.caption || message.document.file_name || "Document";
  if (message.photo) return message.caption || "Photo";
  if (message.voice) return message.caption || "Voice message";
  return message.text ?? message.caption ?? serviceText(message) ?? "Message";
}

/** The words of a service message, or null for an ordinary one. */
export function serviceText(message) {
  const names = (users) => users.map((user) => user.first_name).join(", ");
  if (message.group_chat_created) return `${message.from?.first_name ?? "Someone"} created the group`;
  if (message.forum_topic_created) return `Topic “${message.forum_topic_created.name}” created`;
  if (message.forum_topic_edited) return renamed(message.forum_topic_edited.name);
  if (message.forum_topic_closed) return "Topic closed";
  if (message.forum_topic_reopened) return "Topic reopened";
  if (message.general_forum_topic_hidden) return "General topic hidden";
  if (message.general_forum_topic_unhidden) return "General topic shown again";
  if (message.new_chat_members) return `${names(message.new_chat_members)} joined`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} left`;
  if (message.migrate_to_chat_id) return "The group became a supergroup";
  if (message.migrate_from_chat_id) return "The group became a supergroup";
  if (message.pinned_message) return `${message.from?.first_name ?? "Someone"} pinned “${firstLine(summary(message.pinned_message)).slice(0, 60)}”`;
  return null;
}

/** An edit may leave the name alone and change the icon only. */
const renamed = (name) => (name ? `Topic renamed to “${name}”` : "Topic changed");

/**
 * `ctx`: `store`, `conversation`, `opened` (Set), `busy(message, button)` and the `actions` of app.js.
 * Answers `{el, update(message), arrange(before, after)}`.
 */
export function createMessage(message, ctx) {
  const service = serviceText(message);
  const view = service ? new ServiceView(service) : new MessageView(ctx);
  view.el.dataset.id = message.message_id;
  view.update(message);
  return view;
}

class ServiceView {
  constructor(text) {
    this.el = h("div", { class: "message service" }, h("p", { class: "pill", dir: "auto" }, text));
  }

  update(message) {
    this.message = message;
  }

  arrange(before) {
    setDay(this.el, before, this.message);
  }
}

class MessageView {
  #signatures = new Map();
  #parts = new Map();

  constructor(ctx) {
    this.ctx = ctx;
    this.bubble = h("div", { class: "bubble" });
    this.stack = h("div", { class: "stack" }, this.bubble);
    this.tools = h("div", { class: "tools" }, this.#tool("reply", "Reply"), this.#tool("more", "More actions"));
    this.face = h("div", { class: "face" });
    this.el = h("article", { class: "message" }, h("div", { class: "line" }, this.face, this.stack, this.tools));
  }

  #tool(name, label) {
    const { actions } = this.ctx;
    const act = (event) => (name === "reply" ? actions.reply(this.message) : actions.menu(this.message, event.currentTarget));
    return h("button", { class: "icon-button small", type: "button", "aria-label": label, title: label, onclick: act }, icon(name));
  }

  update(message) {
    this.message = message;
    const { store, conversation } = this.ctx;
    const own = message.from?.id === store.personaId;
    this.el.classList.toggle("own", own);
    this.el.classList.toggle("other", !own);
    const crowd = conversation.kind !== "bot" && !own;
    this.#part(this.face, "face", crowd, () => crowd && avatar(faceOf(message.from, store)));
    this.#part(this.bubble, "name", crowd, () => crowd && nameLine(message.from, store));
    this.#part(this.bubble, "forward", message.forward_origin, () => forwardLine(message.forward_origin));
    this.#part(this.bubble, "reply", [replyOf(message), message.quote], () => this.#reply(replyOf(message), message.quote));
    this.#part(this.bubble, "media", [message.document, message.photo, message.voice], () => this.#media(message));
    this.#text(message);
    this.#part(this.bubble, "reactions", message.reactions, () => reactionChips(this.message, this.ctx));
    this.#part(this.stack, "keyboard", message.reply_markup, () => this.#keyboard(message));
    this.refreshBusy();
  }

  /** Replaces a part when what it is made of has changed; parts keep the order of their first call. */
  #part(host, name, source, build) {
    const signature = JSON.stringify(source ?? null);
    if (this.#signatures.get(name) === signature) return;
    this.#signatures.set(name, signature);
    const next = build() || document.createComment(name);
    const old = this.#parts.get(name);
    if (old) old.replaceWith(next);
    else host.append(next);
    this.#parts.set(name, next);
  }

  #text(message) {
    const text = message.text ?? message.caption ?? "";
    const entities = message.entities ?? message.caption_entities;
    const byBot = this.ctx.store.isBot(message.from);
    const edited = message.edit_date != null;
    const rings = byBot && !message.silent;
    this.#part(this.bubble, "text", [text, entities, edited], () => {
      const prefix = `${message.chat.id}:${message.message_id}`;
      const hooks = { command: this.ctx.actions.command, opened: this.ctx.opened, prefix };
      const body = h("div", { class: "text", dir: "auto" });
      const apart = !text || endsInBlock(text, entities) || RIGHT_TO_LEFT.test(text);
      if (text) body.append(renderText(text, entities, hooks));
      // The invisible copy keeps room for the time at the end of the last line.
      if (!apart) body.append(h("span", { class: "meta ghost", "aria-hidden": "true" }, ...metaOf(message, edited && h("span", {}, "edited"), rings)));
      const meta = h("span", { class: "meta" }, ...metaOf(message, edited && this.#edited(), rings));
      return h("div", { class: apart ? "words apart" : "words" }, text && body, meta);
    });
  }

  #edited() {
    const onclick = () => this.ctx.actions.history(this.message);
    return h("button", { class: "edited", type: "button", title: "Show the edits", "aria-label": "Edited: show the edits", onclick }, "edited");
  }

  #reply(quoted, part) {
    if (!quoted) return null;
    const { store, actions } = this.ctx;
    const name = quoted.from?.first_name ?? "";
    const onclick = () => actions.jump(quoted.message_id);
    const colour = nameClass(quoted.from, store);
    return h("button", { class: `reply ${colour}`, type: "button", onclick, "aria-label": `In reply to ${name}: ${summary(quoted)}` },
      h("strong", {}, name), h("span", { dir: "auto" }, firstLine(part?.text ?? summary(quoted))));
  }

  #media(message) {
    if (message.document) return documentPart(message.document, `${message.chat.id}:${message.message_id}`, this.ctx.opened);
    if (message.voice) return soundPart(message.voice);
    return message.photo?.length ? photoPart(message.photo) : null;
  }

  #keyboard(message) {
    const rows = message.reply_markup?.inline_keyboard;
    if (!rows?.length) return null;
    return h("div", { class: "keyboard" }, ...rows.map((row) => h("div", { class: "keys" }, ...row.map((key) => this.#key(key)))));
  }

  #key(key) {
    const look = `key ${key.style ?? ""}`;
    if (key.url) return h("a", { class: `${look} out`, href: linkAddress(key.url), target: "_blank", rel: "noopener noreferrer" }, key.text);
    const press = () => this.ctx.actions.tap(this.message, key);
    const el = h("button", { class: look, type: "button", onclick: press }, h("span", { dir: "auto" }, key.text));
    el.keySource = key;
    return el;
  }

  /** Shows which buttons wait for the bot's answer. */
  refreshBusy() {
    for (const el of this.stack.querySelectorAll("button.key")) {
      const busy = this.ctx.busy(this.message, el.keySource);
      el.classList.toggle("busy", busy);
      el.setAttribute("aria-busy", String(busy));
    }
  }

  /** Sets what depends on the neighbours: the day's heading, and whether bubbles belong together. */
  arrange(before, after) {
    setDay(this.el, before, this.message);
    this.el.classList.toggle("first", !together(before, this.message));
    this.el.classList.toggle("last", !together(this.message, after));
    this.el.classList.toggle("album", sameAlbum(this.message, after));
  }
}

const GROUPED_MS = 5 * 60_000;

function together(a, b) {
  if (!a || !b || serviceText(a) || serviceText(b) || a.from?.id !== b.from?.id) return false;
  return sentAt(b) - sentAt(a) < GROUPED_MS && dayLabel(sentAt(a)) === dayLabel(sentAt(b));
}

const sameAlbum = (a, b) => Boolean(a.media_group_id && a.media_group_id === b?.media_group_id);

function setDay(el, before, message) {
  const label = dayLabel(sentAt(message));
  const wanted = !before || dayLabel(sentAt(before)) !== label;
  el.querySelector(":scope > .day")?.remove();
  if (wanted) el.prepend(h("div", { class: "day" }, h("p", { class: "pill" }, label)));
}

function metaOf(message, edited, rings) {
  const at = sentAt(message);
  return [
    edited,
    rings && h("span", { class: "bell", title: "Rings the phone" }, icon("bell")),
    h("time", { datetime: new Date(at).toISOString(), title: new Date(at).toLocaleString() }, timeOf(at)),
  ].filter(Boolean);
}

/** A topic's first message is not a reply, though Telegram sends it as one. */
function replyOf(message) {
  const quoted = message.reply_to_message;
  return quoted && !quoted.forum_topic_created ? quoted : null;
}

export function faceOf(user, store) {
  return { id: user?.id, name: user?.first_name, kind: store.isBot(user) ? "bot" : "person" };
}

function nameClass(user, store) {
  return store.isBot(user) ? "ink-bot" : `ink-${Math.abs(user?.id ?? 0) % 7}`;
}

function nameLine(user, store) {
  const bot = store.isBot(user) && h("span", { class: "tag" }, "bot");
  return h("p", { class: `name ${nameClass(user, store)}` }, user?.first_name ?? "", bot);
}

function forwardLine(origin) {
  if (!origin) return null;
  const name = origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.chat?.title ?? "someone";
  return h("p", { class: "forward" }, "Forwarded from ", h("strong", {}, name));
}

export const firstLine = (text) => text.split("\n").find((line) => line.trim()) ?? "";
