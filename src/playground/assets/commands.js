// Which of the bot's command lists a client shows: the narrowest scope that has any.

const IN_PRIVATE = ["chat", "all_private_chats", "default"];
const IN_GROUPS = ["chat_member", "chat_administrators", "chat", "all_chat_administrators", "all_group_chats", "default"];

/** The commands that a person is offered in a conversation; `sets` as `/sim/state` has them. */
export function commandsFor(sets, conversation, personaId) {
  const { id, members } = conversation.chat;
  const isOwner = members?.[0] === personaId;
  for (const type of conversation.kind === "bot" ? IN_PRIVATE : IN_GROUPS) {
    const fitting = sets.filter((set) => scopeCovers(set.scope, type, id, personaId, isOwner));
    const set = fitting.find((candidate) => !candidate.language_code) ?? fitting[0];
    if (set?.commands.length) return set.commands;
  }
  return [];
}

/** The first member of a group is its owner, and the only administrator among people. */
function scopeCovers(scope, type, chatId, userId, isOwner) {
  const { type: own, chat_id: chat, user_id: user } = typeof scope === "string" ? { type: scope } : (scope ?? { type: "default" });
  if (own !== type || (type.endsWith("administrators") && !isOwner)) return false;
  return (chat == null || String(chat) === String(chatId)) && (user == null || user === userId);
}
