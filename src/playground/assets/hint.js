// What an empty conversation shows: what this is, and something to press.

import { avatar, h } from "./dom.js";

const STARTERS = ["/agent tour", "/agents", "/help"];

const WORDS = {
  bot: ["Your agents, one message away", "Send a command and watch one message update as the agent works."],
  topic: ["A topic is a conversation", "Each topic keeps its own agent, workspace and history."],
  group: ["Agents in a group", "A bot in a group sees commands, mentions of it and replies to it, and nothing else."],
};

export function emptyHint(conversation, store, actions) {
  const [title, text] = WORDS[conversation.kind];
  const chips = STARTERS.map((line) => h("button", { class: "chip", type: "button", onclick: () => actions.send(line) }, line));
  return h("section", { class: "hint" },
    avatar({ kind: "bot", name: store.state.bot.first_name }, "big"),
    h("h3", {}, title),
    h("p", {}, text),
    h("div", { class: "chips" }, ...chips));
}
