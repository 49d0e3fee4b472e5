// Puts the page together: the store, its views, what a person can do, and the address of what is open.

import { changeChat, follow, readMessages, readState, remove } from "./api.js";
import { Composer } from "./composer.js";
import { ConversationView } from "./conversation.js";
import { copy } from "./dom.js";
import { onHold } from "./gestures.js";
import { askLine, openMenu, toast } from "./overlays.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./state.js";
import { Taps } from "./taps.js";
import { openWeather } from "./weather.js";

const el = (id) => document.getElementById(id);
const PERSONA_KEY = "adjutant-persona";
const narrow = matchMedia("(max-width: 720px)");

const store = new Store();
const actions = {
  open: (key) => go(key),
  become: (userId) => store.become(userId),
  newTopic,
  send: (text) => composer.sendLine(text),
  command: (text) => composer.sendLine(text),
  reply: (message) => composer.reply(message),
  tap: (message, key) => (key.copy_text ? copyText(key.copy_text.text) : taps.press(message, key)),
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

// ---- what happens

store.personaId = Number(sessionStorage.getItem(PERSONA_KEY)) || null;
store.on((kind, detail) => {
  const here = detail?.key === store.active;
  if (kind === "sync" || kind === "persona") arrive();
  else if (kind === "state") adapt();
  else if (kind === "open") showOpen();
  else if (kind === "typing" && here) view.header();
  else if (kind === "preview" && here) view.preview();
  else if (["message", "edit", "delete"].includes(kind) && here) view.change(kind, detail.message);
  if (kind === "delete" && here) composer.forget(detail.message.message_id);
  sidebar.refresh();
  setTitle();
});

follow({
  sync(all) {
    el("offline").hidden = true;
    store.sync(all);
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

// ---- where one is: the address names the conversation, so that "back" works and a reload stays

const addressOf = (key) => `#${key}`;
const addressed = () => decodeURIComponent(location.hash.slice(1));

function go(key) {
  if (key === store.active) return composer.focus();
  const entry = { fromList: narrow.matches };
  if (narrow.matches) history.pushState(entry, "", addressOf(key));
  else history.replaceState(entry, "", addressOf(key));
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
  showFolder();
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

function showFolder() {
  const { folder } = store.state;
  const notice = el("notice");
  const name = document.createElement("strong");
  name.textContent = "Playground.";
  const where = folder ? " Everything happens on this machine, in the folder " : " Everything happens on this machine.";
  const path = document.createElement("code");
  path.textContent = folder ?? "";
  notice.replaceChildren(name, where, ...(folder ? [path] : []));
  notice.title = notice.textContent;
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
    text && { label: "Copy text", icon: "copy", act: () => copyText(text) },
    own && message.text && { label: "Edit", icon: "edit", act: () => composer.edit(message) },
    { label: "Delete", icon: "trash", danger: true, act: () => removeMessage(message) },
  ];
  openMenu(where, items.filter(Boolean));
}

async function removeMessage(message) {
  try {
    await remove(message.chat.id, message.message_id);
  } catch (error) {
    toast(error.message, "error");
  }
}

async function copyText(text) {
  try {
    await copy(text);
    toast("Copied.");
  } catch {
    toast("The browser did not allow copying.", "error");
  }
}

async function newTopic(chat) {
  const name = await askLine("New topic", "Name of the topic", "Create");
  if (!name) return;
  try {
    await changeChat({ action: "create_topic", chat_id: chat.id, user_id: store.personaId, name });
  } catch (error) {
    toast(error.message, "error");
  }
}

onHold(el("messages"), (target, point) => {
  const id = Number(target.closest(".message:not(.service)")?.dataset.id);
  const message = store.messages.get(store.conversation(store.active)?.chat.id)?.get(id);
  if (message) messageMenu(message, point);
  return Boolean(message);
});
el("back").addEventListener("click", back);
el("weather").addEventListener("click", (event) => {
  const conversation = store.conversation(store.active);
  if (conversation) openWeather(event.currentTarget, conversation, store.state.flood);
});
