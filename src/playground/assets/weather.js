// Bad weather: faults that a person can let the playground's Bot API show, to see the bot get through them.

import { addFault, clearFaults } from "./api.js";
import { openMenu, toast } from "./overlays.js";

const BAN_S = 10;

export function openWeather(anchor, conversation, flood) {
  const chat_id = conversation.chat.id;
  const make = (fault, said) => () => attempt(() => addFault(fault), said);
  const items = [
    {
      label: `Flood wait of ${BAN_S} s`, icon: "clock", hint: "Telegram answers 429: this chat waits, the others go on",
      act: make({ method: "*", chat_id, kind: "429", retry_after: BAN_S, for_ms: BAN_S * 1000 }, `This chat must wait ${BAN_S} s.`),
    },
    {
      label: "Next message fails", icon: "bolt", hint: "Telegram answers 500, once: the bot tries again",
      act: make({ method: "sendMessage", kind: "500", times: 1 }, "The bot's next message fails once."),
    },
    {
      label: "Next confirmation is lost", icon: "unplug", hint: "The message arrives, the bot does not hear of it, and sends it again",
      act: make({ method: "sendMessage", kind: "reset_after", times: 1 }, "The bot will not hear that its next message has arrived."),
    },
    { label: "Clear", icon: "sun", hint: "Fair weather again", act: () => attempt(clearFaults, "Fair weather.") },
  ];
  const limits = flood ? "Telegram's flood limits are on." : "Telegram's flood limits are off.";
  openMenu(anchor, items, { title: "Weather", note: `Let the network misbehave and watch the bot get through it. ${limits}` });
}

async function attempt(call, said) {
  try {
    await call();
    toast(said);
  } catch (error) {
    toast(error.message, "error");
  }
}
