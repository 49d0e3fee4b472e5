// Puts the page together: the store, its views, what a person can do, and the address of what is open.

import { follow, react, readMessages, readState, remove, stopDraft } from "./api.js";
import { Composer } from "./composer.js";
import { ConversationView } from "./conversation.js";
import { onHold } from "./gestures.js";
import { openHistory } from "./history.js";
import { copyText, openMenu, toast } from "./overlays.js";
import { Panel } from "./panel.js";
import { join, newChat, newPerson, newTopic, openChatMenu } from "./people.js";
import { pressed, reactionRow } from "./reactions.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./state.js";
import { Taps } from "./taps.js";
import { applyTheme, openThemeMenu } from "./theme.js";
import { showNotice } from "./welcome.js";

const el = (id) => document.getElementById(id);
const PERSONA_KEY = "adjutant-persona";
const narrow = matchMedia("(max-width: 720px)");

const store = new Store();
const actions = {
  open: (key) => go(key),
  become: (userId) => store.become(userId),
  newTopic: (chat) => newTopic(chat, store.personaId),
  newPerson: async () => waitFor(await newPerson(), (id) => store.user(id), (id) => store.become(id)),
  newChat: async () => waitFor(await newChat(store), (id) => store.chat(id), (id) => go(firstKeyOf(id))),
  join: (chat) => join(chat, store.personaId),
  history: openHistory,
  react: (message, emoji) => reactTo(message, pressed(message, emoji, store.personaId)),
  stopDraft: stopShownDraft,
  send: (text) => composer.sendLine(text),
  command: (text) => composer.sendLine(text),
  reply: (message) => composer.reply(message),
  tap: (message, key) => (key.copy_text ? copyAndSay(key.copy_text.text) : taps.press(message, key)),
  menu: messageMenu,
  jump: (messageId) => view.jump(messageId) || toast("That message is gone."),
  sent: () => view.toBottom(),
  editLast: () => {
    const message = view.lastOwn();
    if (message) composer.edit(message);
  },
};
const taps = new Taps(store, (messageId) => view.refreshBusy(messageId));
const view = new ConversationView(store, actions, taps);
const sidebar = new Sidebar(store, actions);
const composer = new Composer(store, actions);
const panel = new Panel(store, () => store.conversation(store.active)?.chat.id ?? store.personaId);

// ---- what happens

applyTheme();
store.personaId = Number(sessionStorage.getItem(PERSONA_KEY)) || null;
store.on((kind, detail) => {
  const here = detail?.key === store.active;
  if (kind === "sync" || kind === "persona") arrive();
  else if (kind === "state") adapt();
  else if (kind === "open") showOpen();
  else if (kind === "typing" && here) view.header();
  else if (kind === "preview" && here) view.preview();
  else if (kind === "pin") view.pinned();
  else if (["message", "edit", "delete"].includes(kind) && here) view.change(kind, detail.message);
  if (kind === "delete" && here) composer.forget(detail.message.message_id);
  sidebar.refresh();
  setTitle();
});

follow({
  sync(all) {
    el("offline").hidden = true;
    store.sync(all);
    panel.synced();
  },
  event(event) {
    if (event.kind === "answer") taps.answered(event);
    else if (event.kind === "commands" || event.kind === "chat") readAgain();
    else store.apply(event);
  },
  offline() {
    el("offline").hidden = false;
  },
});

let reading = null;
let waiting = null;
store.on((kind) => waiting?.(kind));

/** Chats or commands changed: several such events in a row are one reading. */
function readAgain() {
  reading ??= setTimeout(async () => {
    reading = null;
    try {
      const state = await readState();
      const fresh = state.chats.filter((chat) => !store.messages.has(chat.id));
      store.refresh(state, await Promise.all(fresh.map(async ({ id }) => [id, await readMessages(id)])));
    } catch (error) {
      toast(error.message, "error");
    }
  }, 60);
}

/** Something new is shown as soon as the events have brought it. */
function waitFor(id, isThere, then) {
  if (id == null) return;
  const look = (kind) => {
    if (waiting !== look || !["state", "sync"].includes(kind) || !isThere(id)) return;
    waiting = null;
    then(id);
  };
  waiting = look;
  look("state");
}

// ---- where one is: the address names the conversation, so that "back" works and a reload stays

const addressOf = (key) => `#${key}`;
const firstKeyOf = (chatId) => store.conversations().find(({ chat }) => chat.id === chatId).key;
const addressed = () => location.hash.slice(1);

function go(key) {
  if (key === store.active) return composer.focus();
  const entry = { fromList: narrow.matches };
  if (narrow.matches) history.pushState(entry, "", addressOf(key));
  else history.replaceState(entry, "", addressOf(key));
  return store.open(key);
}

/** The open chat lives on under another id. */
function moveTo(chatId) {
  const key = firstKeyOf(chatId);
  history.replaceState(history.state, "", addressOf(key));
  return store.open(key);
}

function back() {
  if (history.state?.fromList) history.back();
  else {
    history.replaceState(null, "", location.pathname);
    store.open(null);
  }
}

/** After a reading or a change of person: stay where one is if that still exists, else go to the private chat. */
function arrive() {
  sessionStorage.setItem(PERSONA_KEY, String(store.personaId));
  showNotice(store.state);
  settle();
}

function settle() {
  const wanted = addressed() || store.active;
  const personal = store.state.users.find((user) => String(user.id) === wanted);
  if (!store.active && personal && personal.id !== store.personaId) return store.become(personal.id);
  const here = store.conversation(wanted);
  const home = store.conversations()[0];
  const moved = wanted && !here;
  const target = here ?? (moved || !narrow.matches ? home : null);
  if (target && target.key !== addressed()) history.replaceState(history.state, "", addressOf(target.key));
  return store.open(target?.key ?? null);
}

/** Chats, topics or commands changed: what is open stays as it is, if it is still there. */
function adapt() {
  const conversation = store.conversation(store.active);
  if (store.active && !conversation) return settle();
  view.retitle(conversation);
  return composer.show(conversation);
}

window.addEventListener("popstate", () => store.open(store.conversation(addressed())?.key ?? null));

function showOpen() {
  const conversation = store.conversation(store.active);
  el("panes").dataset.pane = conversation ? "chat" : "list";
  view.show(conversation);
  composer.show(conversation);
  if (conversation) composer.focus();
}

function setTitle() {
  const unread = store.unreadOf(store.personaId);
  document.title = unread ? `(${unread}) Adjutant playground` : "Adjutant playground";
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && store.active) store.markRead(store.active);
});

// ---- what one can do

function messageMenu(message, where) {
  const own = message.from?.id === store.personaId;
  const text = message.text ?? message.caption;
  const items = [
    { label: "Reply", icon: "reply", act: () => composer.reply(message) },
    message.edit_date != null && { label: "Show the edits", icon: "history", act: () => openHistory(message) },
    text && { label: "Copy text", icon: "copy", act: () => copyAndSay(text) },
    own && message.text && { label: "Edit", icon: "edit", act: () => composer.edit(message) },
    { label: "Delete", icon: "trash", danger: true, act: () => removeMessage(message) },
  ];
  openMenu(where, items.filter(Boolean), { row: reactionRow(message, store, actions.react) });
}

async function attempt(call) {
  try {
    await call();
  } catch (error) {
    toast(error.message, "error");
  }
}

const removeMessage = (message) => attempt(() => remove(message.chat.id, message.message_id));

function reactTo({ chat, message_id }, emoji) {
  return attempt(() => react({ user_id: store.personaId, chat_id: chat.id, message_id, emoji }));
}

function stopShownDraft({ key, chat }, draft_id) {
  return attempt(async () => {
    await stopDraft({ user_id: store.personaId, chat_id: chat.id, draft_id });
    store.dropPreview(key);
  });
}

async function copyAndSay(text) {
  if (await copyText(text)) toast("Copied.");
}

onHold(el("messages"), (target, point) => {
  const id = Number(target.closest(".message:not(.service)")?.dataset.id);
  const message = store.messages.get(store.conversation(store.active)?.chat.id)?.get(id);
  if (message) messageMenu(message, point);
  return Boolean(message);
});
el("back").addEventListener("click", back);
el("chat-menu").addEventListener("click", (event) => {
  const conversation = store.conversation(store.active);
  if (conversation) openChatMenu(event.currentTarget, conversation, store, (id) => waitFor(id, () => store.chat(id), moveTo));
});
el("new-chat").addEventListener("click", actions.newChat);
el("theme").addEventListener("click", (event) => openThemeMenu(event.currentTarget));
