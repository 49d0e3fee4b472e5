// The list of chats and the switch of persons. Rows are updated in place, so that focus and a press
// in progress survive what happens around them.

import { avatar, h, icon, listTime, sentAt } from "./dom.js";
import { firstLine, serviceText, summary } from "./message.js";
import { openMenu } from "./overlays.js";

const el = (id) => document.getElementById(id);

/** The order in which persons are offered. */
const ROLES = ["owner", "member", "stranger"];

export class Sidebar {
  #rows = new Map();
  #layout = "";
  #persona = "";
  #frame = null;

  /** `actions`: `open(key)`, `become(userId)`, `newTopic(chat)`, `newPerson()`. */
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    for (const id of ["persona", "send-as"]) el(id).addEventListener("click", (event) => this.choosePersona(event.currentTarget));
  }

  /** Draws what has changed with the next frame. */
  refresh() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
  }

  #draw() {
    const conversations = this.store.conversations();
    const layout = JSON.stringify([this.store.personaId, conversations.map((c) => [c.key, c.title, c.chat.title])]);
    if (layout !== this.#layout) this.#rebuild(conversations);
    this.#layout = layout;
    for (const conversation of conversations) this.#update(conversation);
    this.#drawPersona();
  }

  #rebuild(conversations) {
    this.#rows.clear();
    const content = [];
    let forum = null;
    for (const conversation of conversations) {
      if (conversation.kind === "topic" && conversation.chat.id !== forum) {
        forum = conversation.chat.id;
        content.push(this.#forumHead(conversation.chat));
      }
      const row = this.#row(conversation);
      this.#rows.set(conversation.key, row);
      content.push(row.el);
    }
    el("chats").replaceChildren(...content);
  }

  #forumHead(chat) {
    const add = () => this.actions.newTopic(chat);
    return h("div", { class: "forum-head" },
      avatar({ id: chat.id, name: chat.title, kind: "group" }),
      h("div", { class: "row-text" }, h("h2", {}, chat.title), h("p", { class: "preview" }, "Forum")),
      h("button", { class: "icon-button small", type: "button", title: "New topic", "aria-label": `New topic in ${chat.title}`, onclick: add }, icon("plus")));
  }

  #row(conversation) {
    const { key, kind, title, threadId, chat } = conversation;
    const size = kind === "topic" ? "small" : "";
    const row = { time: h("time"), preview: h("span", { class: "preview", dir: "auto" }), badge: h("span", { class: "badge" }) };
    row.el = h("button", { class: `row ${kind}`, type: "button", onclick: () => this.actions.open(key) },
      avatar({ id: kind === "topic" ? threadId : chat.id, name: title, kind }, size),
      h("span", { class: "row-text" },
        h("span", { class: "row-top" }, h("strong", { dir: "auto" }, title), kind === "bot" && h("span", { class: "tag" }, "bot"), row.time),
        h("span", { class: "row-bottom" }, row.preview, row.badge)));
    return row;
  }

  #update(conversation) {
    const { store } = this;
    const row = this.#rows.get(conversation.key);
    const last = store.lastMessage(conversation);
    const typing = store.typing(conversation.key);
    const unread = store.unreadIn(conversation.key);
    const current = store.active === conversation.key;
    row.el.classList.toggle("current", current);
    if (current) row.el.setAttribute("aria-current", "true");
    else row.el.removeAttribute("aria-current");
    row.preview.classList.toggle("typing", Boolean(typing));
    setText(row.preview, typing ? `${typing}…` : previewOf(last, conversation, store));
    setText(row.time, last ? listTime(sentAt(last)) : "");
    setText(row.badge, unread ? String(unread) : "");
    row.badge.hidden = unread === 0;
    row.badge.setAttribute("aria-label", `${unread} unread`);
  }

  #drawPersona() {
    const { store } = this;
    const me = store.persona;
    if (!me) return;
    const others = store.state.users.filter((user) => user.id !== me.id);
    const waiting = others.some((user) => store.unreadIn(String(user.id)));
    const drawn = JSON.stringify([me.id, personaName(me), waiting]);
    if (drawn === this.#persona) return;
    this.#persona = drawn;
    const face = () => avatar({ id: me.id, name: me.first_name, kind: "person" }, "small");
    const dot = () => waiting && h("span", { class: "dot", title: "Another person has unread messages" });
    const label = `You are: ${personaName(me)}`;
    el("persona").replaceChildren(face(), h("span", { class: "persona-text" }, h("small", {}, "You are "), h("span", {}, personaName(me))), icon("down"), ...[dot()].filter(Boolean));
    el("send-as").replaceChildren(face(), ...[dot()].filter(Boolean));
    el("send-as").setAttribute("aria-label", `${label}. Switch person`);
    el("send-as").title = label;
  }

  choosePersona(anchor) {
    const { store } = this;
    const rank = (user) => ROLES.indexOf(user.role_hint);
    const items = [...store.state.users].sort((a, b) => rank(a) - rank(b)).map((user) => ({
      label: personaName(user),
      picture: avatar({ id: user.id, name: user.first_name, kind: "person" }, "small"),
      checked: user.id === store.personaId,
      badge: store.unreadIn(String(user.id)),
      act: () => this.actions.become(user.id),
    }));
    items.push({ label: "New person…", icon: "plus", act: this.actions.newPerson });
    openMenu(anchor, items, { title: "You are", note: "Be someone else, to see what the bot lets them do." });
  }
}

export const personaName = (user) => (user.role_hint ? `${user.first_name} (${user.role_hint})` : user.first_name);

function previewOf(message, conversation, store) {
  if (!message) return conversation.kind === "bot" ? "Say hello" : "No messages yet";
  if (serviceText(message)) return serviceText(message);
  const named = conversation.kind !== "bot" || message.from?.id === store.personaId;
  const author = named && message.from ? `${message.from.first_name}: ` : "";
  return author + firstLine(summary(message));
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
