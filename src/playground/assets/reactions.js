// Reactions: the chips below a message, and the row of emoji to choose from.

import { h } from "./dom.js";

const CHOICE = ["👍", "❤", "🔥", "🎉", "👀", "🤔", "👎"];

const emojiOf = (reaction) => reaction.emoji ?? "★";

const whoOf = (reaction) => reaction.user_ids ?? [];

/** The emoji that the person has put on the message. */
const ownOf = (message, personaId) => (message.reactions ?? []).filter((reaction) => whoOf(reaction).includes(personaId)).map(emojiOf);

/** Chips with who reacted; `react(message, emoji)` puts or takes one. */
export function reactionChips(message, { store, actions }) {
  const { reactions } = message;
  if (!reactions?.length) return null;
  const nameOf = (id) => (id === store.state.bot.id ? store.state.bot.first_name : store.user(id)?.first_name) ?? "someone";
  return h("p", { class: "reactions" }, ...reactions.map((reaction) => {
    const emoji = emojiOf(reaction);
    const names = whoOf(reaction).map(nameOf).join(", ");
    const own = whoOf(reaction).includes(store.personaId);
    const label = `${emoji} by ${names}`;
    return h("button", { class: "reaction", type: "button", title: label, "aria-label": label, "aria-pressed": String(own), onclick: () => actions.react(message, emoji) },
      emoji, h("span", {}, names.length > 14 ? String(whoOf(reaction).length) : names));
  }));
}

/** The row of emoji at the top of a message's menu. */
export function reactionRow(message, store, react) {
  const own = ownOf(message, store.personaId);
  return CHOICE.map((emoji) => ({ emoji, checked: own.includes(emoji), act: () => react(message, emoji) }));
}

/** What the person's reactions are after a press on an emoji: one at a time, and a second press takes it back. */
export function pressed(message, emoji, personaId) {
  return ownOf(message, personaId).includes(emoji) ? [] : [emoji];
}
