// Faults that a person can order, to see the bot get through them, and those that wait for their calls.

import { addFault, clearFaults } from "./api.js";
import { h, icon } from "./dom.js";
import { toast } from "./overlays.js";

const BAN_S = 20;
const OUTAGE_S = 15;

/** `fault(chat)` is what `/sim/fault` takes. */
const FAULTS = [
  {
    id: "flood", icon: "clock", label: `Edits: 429, ${BAN_S} s`, hint: "This chat's edits must wait, others go on.",
    fault: (chat_id) => ({ method: "editMessageText", chat_id, kind: "429", for_ms: BAN_S * 1000 }),
  },
  {
    id: "down", icon: "unplug", label: "Network down", hint: `No call gets through for ${OUTAGE_S} s.`,
    fault: () => ({ method: "*", kind: "reset_before", for_ms: OUTAGE_S * 1000 }),
  },
  {
    id: "lost", icon: "lost", label: "Lose an answer", hint: "The next message arrives, but the bot does not hear of it.",
    fault: () => ({ method: "sendMessage", kind: "reset_after", times: 1 }),
  },
  {
    id: "error", icon: "bolt", label: "500 once", hint: "Telegram fails at the next message.",
    fault: () => ({ method: "sendMessage", kind: "500", times: 1 }),
  },
  {
    id: "slow", icon: "slow", label: "Slow", hint: `Each call takes a second and a half, for ${OUTAGE_S} s.`,
    fault: () => ({ method: "*", kind: "delay", delay_ms: 1500, for_ms: OUTAGE_S * 1000 }),
  },
  { id: "clear", icon: "sun", label: "Clear", hint: "Fair weather again." },
];

const KINDS = { 429: "429", 500: "500", reset_before: "cut", reset_after: "answer lost", delay: "slow" };

/** The buttons; `chat()` is the open chat's id, `changed()` is called when the faults are others now. */
export function faultButtons(chat, changed) {
  const press = async ({ fault, label, hint }) => {
    try {
      await (fault ? addFault(fault(chat())) : clearFaults());
      toast(hint);
      changed();
    } catch (error) {
      toast(`${label}: ${error.message}`, "error");
    }
  };
  return FAULTS.map((item) => h("button", { id: `fault-${item.id}`, class: "fault", type: "button", title: item.hint, onclick: () => press(item) },
    icon(item.icon), item.label));
}

/** What still waits for its calls, with what is left of it. */
export function activeFaults(faults, nameOf) {
  if (faults.length === 0) return [h("li", { class: "calm" }, "Fair weather: no fault is ordered.")];
  return faults.map(({ method, kind, chat_id: chat, times_left: times, ms_left: ms }) => h("li", { class: "active-fault" },
    h("b", {}, KINDS[kind] ?? kind),
    h("span", {}, `${method === "*" ? "all calls" : method}${chat == null ? "" : ` · ${nameOf(chat)}`}`),
    h("span", { class: "left" }, ms == null ? `${times} ${times === 1 ? "call" : "calls"}` : `${Math.ceil(ms / 1000)} s`)));
}
