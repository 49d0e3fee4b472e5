// What is simulated here, what is real, and how to go on with a real bot: shown until it is dismissed.

import { h } from "./dom.js";

/** The demo and a bare playground say different things: each is dismissed by itself. */
const keyOf = ({ folder }) => `adjutant-welcomed-${folder ? "demo" : "playground"}`;

let key = null;

const el = (id) => document.getElementById(id);
const botFather = () => h("a", { href: "https://t.me/BotFather", target: "_blank", rel: "noopener noreferrer" }, "@BotFather");
const code = (text) => h("code", {}, text);

/** `state` as the server has it; the demo names its folder, `adjutant playground` has none. */
export function showNotice(state) {
  const { folder } = state;
  const where = folder ? ["Everything happens on the machine that runs this, in the folder ", code(folder)] : ["Everything happens on the machine that runs this."];
  const line = h("p", { class: "notice-line" }, h("strong", {}, "Playground."), " ", ...where);
  line.title = line.textContent;
  el("notice").replaceChildren(line);
  el("about").onclick = () => toggle(true);
  el("welcome-close").onclick = () => toggle(false);
  el("welcome-text").replaceChildren(...(folder ? demoText(folder) : plainText()));
  if (key === keyOf(state)) return;
  key = keyOf(state);
  el("welcome").hidden = localStorage.getItem(key) !== null;
}

function toggle(open) {
  el("welcome").hidden = !open;
  if (open) el("welcome-close").focus();
  else localStorage.setItem(key, "yes");
}

function demoText(folder) {
  return [
    h("p", {}, h("b", {}, "Simulated:"), " Telegram, with these people and chats. The agent ", code("tour"), " is scripted: no model, no key."),
    h("p", {}, h("b", {}, "Real:"), " the bot, its database, and every command it runs, in ", code(folder), "."),
    h("p", {}, "With a real bot: get a token from ",
      botFather(),
      ", set ", code("TELOXIDE_TOKEN"), ", and run ", code("adjutant serve"), "."),
  ];
}

function plainText() {
  return [
    h("p", {}, h("b", {}, "Simulated:"), " Telegram, with these people and chats, its limits and its failures."),
    h("p", {}, h("b", {}, "Real:"), " your bot. Give it the base URL ", code(location.origin), " and the token that the program printed (",
      code(`TELOXIDE_API_URL=${location.origin}`), " for Adjutant)."),
    h("p", {}, "With Telegram itself: take a token from ", botFather(), " and leave out the URL."),
  ];
}
