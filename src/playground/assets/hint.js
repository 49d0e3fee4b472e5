// What an empty conversation shows: what this is, and something to press.

import { avatar, h } from "./dom.js";

const DEMO_STARTERS = ["/start", "/agents", "/help"];
/** Most commands of a bot that are offered. */
const MOST = 4;

const WORDS = {
  bot: ["Your agents, one message away", "Send a command and watch one message update as the agent works."],
  topic: ["A topic is a conversation", "Each topic keeps its own agent, workspace and history."],
  group: ["Agents in a group", "A bot in a group sees commands, mentions of it and replies to it, and nothing else."],
};
const PLAIN_WORDS = {
  bot: ["Say hello to your bot", "Whatever you write here reaches the bot that uses this playground's address."],
  topic: ["A topic of a forum", "The bot gets its messages with the topic's message_thread_id."],
  group: ["A group", "A bot in a group sees commands, mentions of it and replies to it, and nothing else."],
};

export function emptyHint(conversation, store, actions) {
  const isDemo = Boolean(store.state.folder);
  const [title, text] = (isDemo ? WORDS : PLAIN_WORDS)[conversation.kind];
  const known = store.commandsFor(conversation).slice(0, MOST).map(({ command }) => `/${command}`);
  const starters = isDemo ? DEMO_STARTERS : ["/start", ...known.filter((line) => line !== "/start")];
  const chips = starters.map((line) => h("button", { class: "chip", type: "button", onclick: () => actions.send(line) }, line));
  return h("section", { class: "hint" },
    avatar({ kind: "bot", name: store.state.bot.first_name }, "big"),
    h("h3", {}, title),
    h("p", {}, text),
    h("div", { class: "chips" }, ...chips));
}
