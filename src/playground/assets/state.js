// What the page knows: the server's state, the messages, who one is, which conversation is open, what is
// unread and who is typing. Changes are announced to listeners; the DOM is not touched here.

import { commandsFor } from "./commands.js";
import { Passing } from "./passing.js";
import { newIn, Unread } from "./unread.js";

const TYPING_MS = 5000;
const PREVIEW_MS = 30_000;

/** A conversation is a private chat, a group, or one topic of a forum; this is its name in maps and addresses. */
export const keyOf = (chatId, threadId = 0) => (threadId ? `${chatId}/${threadId}` : String(chatId));

const chatOf = (key) => Number(key.split("/")[0]);

export class Store {
  state = { bot: {}, users: [], chats: [], commands: [], folder: null };
  personaId = null;
  active = null;
  /** chat id -> message id -> message */
  messages = new Map();
  #unread = new Unread();
  /** conversation -> its newest message */
  #last = new Map();
  #typing = new Passing(TYPING_MS, (key) => this.#tell("typing", { key }));
  #previews = new Passing(PREVIEW_MS, (key) => this.#tell("preview", { key }));
  #drafts = new Map();
  #listeners = [];
  #loaded = false;

  /** `listener(kind, detail)`: sync, state, persona, open, message, edit, delete, pin, typing, preview, unread. */
  on(listener) {
    this.#listeners.push(listener);
  }

  #tell(kind, detail) {
    for (const listener of this.#listeners) listener(kind, detail);
  }

  get persona() {
    return this.user(this.personaId);
  }

  user(id) {
    return this.state.users.find((user) => user.id === id);
  }

  chat(id) {
    return this.state.chats.find((chat) => chat.id === id);
  }

  isBot(user) {
    return user?.id === this.state.bot.id || user?.is_bot === true;
  }

  isPrivate(chatId) {
    return this.chat(chatId)?.type === "private";
  }

  // ---- what the server says

  /** Takes a fresh reading of everything; messages that came while disconnected count as unread. */
  sync({ state, messages }) {
    const before = this.messages;
    const missed = this.#loaded ? newIn(messages, before) : [];
    this.state = state;
    this.messages = new Map([...messages].map(([id, list]) => [id, new Map(list.map((m) => [m.message_id, m]))]));
    this.#loaded = true;
    this.#last.clear();
    for (const chat of this.messages.values()) for (const message of chat.values()) this.#noteLast(message);
    this.#typing.clear();
    this.#previews.clear();
    this.#choosePersona();
    this.#unread.keep((key, id) => this.messages.get(chatOf(key))?.has(id));
    for (const message of missed) this.#countUnread(message);
    this.#tell("sync");
  }

  /**
   * New chats, topics or commands: the messages of chats not known yet come along. A reading may be late: a newer
   * state stands, and so does what events have brought meanwhile.
   */
  refresh(state, messages) {
    if (state.seq < this.state.seq) return;
    this.state = state;
    for (const [id, list] of messages) {
      const known = this.messages.get(id) ?? [];
      this.messages.set(id, new Map([...list.map((m) => [m.message_id, m]), ...known]));
      for (const message of this.messages.get(id).values()) this.#noteLast(message);
    }
    this.#tell("state");
  }

  apply(event) {
    switch (event.kind) {
      case "message":
      case "edit":
        return this.#put(event.message, event.kind);
      case "delete":
        return this.#drop(event.chat_id, event.message_id);
      case "reaction":
        return this.#react(event);
      case "action":
        return this.#typing.set(this.#placeOf(event), event.action);
      case "pin":
        return this.#pin(event);
      case "draft":
        return this.#previews.set(this.#placeOf(event), { id: event.draft_id, text: event.text, entities: event.entities, canStop: event.can_stop });
      default:
        return undefined;
    }
  }

  #put(message, kind) {
    const chatId = message.chat.id;
    if (!this.messages.has(chatId)) this.messages.set(chatId, new Map());
    const chat = this.messages.get(chatId);
    const known = chat.has(message.message_id);
    chat.set(message.message_id, message);
    this.#noteLast(message);
    const key = this.keyOfMessage(message);
    if (kind === "message" && !known) {
      if (this.isBot(message.from)) {
        this.#typing.drop(key);
        this.#previews.drop(key);
      }
      this.#countUnread(message);
      this.#tell("message", { key, message });
    } else {
      this.#tell("edit", { key, message });
    }
  }

  #drop(chatId, messageId) {
    const message = this.messages.get(chatId)?.get(messageId);
    if (!message) return;
    this.messages.get(chatId).delete(messageId);
    const key = this.keyOfMessage(message);
    this.#unread.drop(key, messageId);
    if (this.#last.get(key)?.message_id === messageId) {
      this.#last.delete(key);
      for (const other of this.messages.get(chatId).values()) this.#noteLast(other);
    }
    this.#tell("delete", { key, message });
  }

  #react({ chat_id: chatId, message_id: messageId, reactions }) {
    const message = this.messages.get(chatId)?.get(messageId);
    if (message) this.#put({ ...message, reactions }, "edit");
  }

  #pin({ chat_id: chatId, pinned }) {
    const chat = this.chat(chatId);
    if (chat) chat.pinned = pinned;
    this.#tell("pin", {});
  }

  /** The conversation of an event that carries no message. */
  #placeOf(event) {
    return this.keyOfMessage({ chat: { id: event.chat_id }, message_thread_id: event.thread_id });
  }

  // ---- who and where

  #choosePersona() {
    const { users } = this.state;
    if (!users.some((user) => user.id === this.personaId)) this.personaId = users[0]?.id ?? null;
  }

  become(userId) {
    if (userId === this.personaId || !this.user(userId)) return;
    this.personaId = userId;
    this.#tell("persona");
  }

  open(key) {
    this.active = key;
    if (key && !document.hidden) this.markRead(key);
    this.#tell("open");
  }

  markRead(key) {
    if (this.#unread.clear(key)) this.#tell("unread", { key });
  }

  /** Only what would make a phone ring counts: the bot's messages that are not silent. */
  #countUnread(message) {
    const key = this.keyOfMessage(message);
    const seen = key === this.active && !document.hidden;
    if (!this.isBot(message.from) || message.silent || seen) return;
    this.#unread.add(key, message.message_id);
    this.#tell("unread", { key });
  }

  /** How many messages of a conversation are unread. */
  unreadIn(key) {
    return this.#unread.count(key);
  }

  /** Unread messages of the conversations that a person sees. */
  unreadOf(userId) {
    return this.conversations(userId).reduce((sum, conversation) => sum + this.unreadIn(conversation.key), 0);
  }

  // ---- conversations

  threadOf(message) {
    const thread = message.message_thread_id ?? 0;
    const forum = message.is_topic_message || this.chat(message.chat.id)?.is_forum;
    return forum && thread !== 1 ? thread : 0;
  }

  keyOfMessage(message) {
    return keyOf(message.chat.id, this.threadOf(message));
  }

  /** The conversations of a person in the order of the list; a forum's topics follow each other. */
  conversations(userId = this.personaId) {
    const own = this.chat(userId) ?? { id: userId, type: "private", topics: [] };
    const groups = this.state.chats.filter((chat) => chat.type !== "private");
    const name = this.state.bot.first_name ?? "Bot";
    const list = [{ key: keyOf(own.id), chat: own, threadId: 0, kind: "bot", title: name }];
    for (const chat of groups.filter((group) => group.is_forum)) list.push(...topicsOf(chat));
    for (const chat of groups.filter((group) => !group.is_forum)) {
      list.push({ key: keyOf(chat.id), chat, threadId: 0, kind: "group", title: chat.title });
    }
    return list;
  }

  conversation(key) {
    return this.conversations().find((conversation) => conversation.key === key);
  }

  /** The messages of a conversation, oldest first. */
  messagesOf(conversation) {
    const all = [...(this.messages.get(conversation.chat.id)?.values() ?? [])];
    return all.filter((m) => this.keyOfMessage(m) === conversation.key).sort((a, b) => a.message_id - b.message_id);
  }

  lastMessage(conversation) {
    return this.#last.get(conversation.key) ?? null;
  }

  #noteLast(message) {
    const key = this.keyOfMessage(message);
    if (message.message_id >= (this.#last.get(key)?.message_id ?? 0)) this.#last.set(key, message);
  }

  /** The newest pinned message of a conversation, or null. */
  pinnedIn({ key, chat }) {
    const messages = this.messages.get(chat.id);
    const ids = this.chat(chat.id)?.pinned ?? [];
    return ids.map((id) => messages?.get(id)).findLast((message) => message && this.keyOfMessage(message) === key) ?? null;
  }

  // ---- small, passing things

  /** What the bot is doing in a conversation, in words, or null. */
  typing(key) {
    const action = this.#typing.get(key);
    if (!action) return null;
    return action.startsWith("upload") ? "sending a file" : "typing";
  }

  /** What the bot has written so far of a message that it has not sent yet. */
  preview(key) {
    return this.#previews.get(key) ?? null;
  }

  dropPreview(key) {
    this.#previews.drop(key);
  }

  draft(key) {
    return this.#drafts.get(key) ?? "";
  }

  keepDraft(key, text) {
    if (text) this.#drafts.set(key, text);
    else this.#drafts.delete(key);
  }

  /** The commands that a client would suggest here. */
  commandsFor(conversation) {
    return commandsFor(this.state.commands, conversation, this.personaId);
  }
}

function topicsOf(chat) {
  const named = chat.topics.filter((topic) => topic.id !== 1);
  const general = chat.topics.find((topic) => topic.id === 1)?.name ?? "General";
  return [{ id: 0, name: general }, ...named].map((topic) => ({
    key: keyOf(chat.id, topic.id), chat, threadId: topic.id, kind: "topic", title: topic.name,
  }));
}
