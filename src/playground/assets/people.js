// People and groups: adding them, and what a person can do with the open chat as a whole.

import { addPerson, changeChat } from "./api.js";
import { h } from "./dom.js";
import { askLine, lineInput, openMenu, showDialog, toast } from "./overlays.js";

const KINDS = [["group", "Group"], ["supergroup", "Supergroup"], ["forum", "Forum with topics"]];

/** Does something that may be refused, and says so; answers what came back, or null. */
async function attempt(call) {
  try {
    return await call();
  } catch (error) {
    toast(error.message, "error");
    return null;
  }
}

/** Asks for a name; answers the new person's id, or null. */
export async function newPerson() {
  const name = await askLine("New person", "First name", "Add");
  const made = name && (await attempt(() => addPerson({ first_name: name })));
  return made ? made.user_id : null;
}

/** Asks for name, kind and members; answers the new chat's id, or null. */
export async function newChat(store) {
  const name = lineInput("Name of the group");
  const choice = (type, value, label, checked) => h("label", { class: "choice" }, h("input", { type, name: type, value, checked }), label);
  const kinds = KINDS.map(([value, label], at) => choice("radio", value, label, at === 0));
  const people = store.state.users.map((user) => choice("checkbox", String(user.id), user.first_name, true));
  const group = (label, ...choices) => h("fieldset", {}, h("legend", {}, label), ...choices);
  const content = [h("h3", {}, "New group"), name, group("Kind", ...kinds), group("Members", ...people)];
  const result = await showDialog(content, [["Cancel", ""], ["Create", "ok"]]);
  if (result !== "ok") return null;
  const chosen = (list) => list.map((label) => label.firstChild).filter((input) => input.checked).map((input) => input.value);
  const members = chosen(people).map(Number);
  const made = await attempt(() => changeChat({ action: "create", kind: chosen(kinds)[0], name: name.value.trim(), members, user_id: store.personaId }));
  return made ? made.new_chat_id : null;
}

export const join = (chat, userId) => attempt(() => changeChat({ action: "join", chat_id: chat.id, user_id: userId }));

export async function newTopic(chat, userId) {
  const name = await askLine("New topic", "Name of the topic", "Create");
  if (name) await attempt(() => changeChat({ action: "create_topic", chat_id: chat.id, user_id: userId, name }));
}

/** The menu of the open chat; `moved(chatId)` is told where an upgraded group went. */
export function openChatMenu(anchor, conversation, store, moved) {
  const { chat, threadId, kind, title } = conversation;
  const change = (action, more = {}) => attempt(() => changeChat({ action, chat_id: chat.id, user_id: store.personaId, ...more }));
  if (kind === "bot") return openMenu(anchor, privateItems(change), { title });
  const names = chat.members.map((id) => store.user(id)?.first_name ?? String(id));
  const note = `${names.join(", ") || "Nobody"} and the bot`;
  const items = [...(kind === "topic" ? topicItems(conversation, change, store) : []), ...groupItems(chat, store, change, moved)];
  return openMenu(anchor, items, { title: kind === "topic" && threadId ? `${chat.title} · ${title}` : chat.title, note });
}

function privateItems(change) {
  return [
    { label: "Block the bot", icon: "stop", hint: "Its messages to you fail with 403", act: () => change("block") },
    { label: "Unblock the bot", icon: "check", hint: "It may write to you again", act: () => change("unblock") },
  ];
}

function topicItems({ chat, threadId, title }, change, store) {
  const here = { thread_id: threadId };
  const closed = chat.topics.find((topic) => topic.id === threadId)?.closed;
  const rename = async () => {
    const name = await askLine("Rename topic", "Name of the topic", "Rename", title);
    if (name) await change("rename_topic", { ...here, name });
  };
  return [
    { label: "New topic", icon: "plus", act: () => newTopic(chat, store.personaId) },
    ...(threadId ? [
      { label: "Rename topic", icon: "edit", act: rename },
      closed
        ? { label: "Reopen topic", icon: "check", act: () => change("reopen_topic", here) }
        : { label: "Close topic", icon: "stop", act: () => change("close_topic", here) },
      { label: "Delete topic", icon: "trash", danger: true, act: () => change("delete_topic", here) },
    ] : []),
  ];
}

function groupItems(chat, store, change, moved) {
  const upgrade = async () => moved((await change("migrate"))?.new_chat_id);
  const outside = store.state.users.filter((user) => !chat.members.includes(user.id));
  const others = chat.members.map((id) => store.user(id)).filter((user) => user && user.id !== store.personaId);
  return [
    ...outside.map((user) => ({ label: `Add ${user.first_name}`, icon: "plus", act: () => change("join", { user_id: user.id }) })),
    ...others.map((user) => ({ label: `Take ${user.first_name} out`, icon: "leave", act: () => change("leave", { user_id: user.id }) })),
    chat.type === "group" && { label: "Upgrade to a supergroup", icon: "bolt", act: upgrade },
    { label: "Remove the bot", icon: "close", act: () => change("kick") },
    { label: "Add the bot", icon: "plus", act: () => change("add") },
    chat.members.includes(store.personaId) && { label: "Leave", icon: "leave", danger: true, act: () => change("leave") },
  ].filter(Boolean);
}
