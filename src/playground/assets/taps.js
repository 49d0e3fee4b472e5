// Taps on inline buttons: which wait for the bot's answer, and what the answer shows.

import { tap } from "./api.js";
import { alertDialog, toast } from "./overlays.js";

/** Telegram's clients give up waiting for an answer at about this time. */
const PATIENCE_MS = 15_000;

const nameOf = (message, key) => `${message.chat.id}:${message.message_id}:${key.callback_data ?? key.text}`;

export class Taps {
  #waiting = new Set();
  #queries = new Map();
  /** Answers may overtake the reply to the tap that they answer. */
  #early = new Map();

  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
  }

  waiting(message, key) {
    return key !== undefined && this.#waiting.has(nameOf(message, key));
  }

  async press(message, key) {
    const name = nameOf(message, key);
    if (this.#waiting.has(name)) return;
    this.#waiting.add(name);
    this.changed(message.message_id);
    const finish = () => {
      this.#waiting.delete(name);
      this.changed(message.message_id);
    };
    const target = { user_id: this.store.personaId, chat_id: message.chat.id, message_id: message.message_id };
    const what = key.callback_data === undefined ? { label: key.text } : { data: key.callback_data };
    try {
      const { query_id: query } = await tap({ ...target, ...what });
      const timer = setTimeout(() => this.#settle(query), PATIENCE_MS);
      this.#queries.set(query, { finish, timer });
      if (this.#early.has(query)) this.answered(this.#early.get(query));
    } catch (error) {
      finish();
      toast(error.message, "error");
    }
  }

  #settle(query) {
    const pending = this.#queries.get(query);
    if (!pending) return false;
    this.#queries.delete(query);
    clearTimeout(pending.timer);
    pending.finish();
    return true;
  }

  /** An `answer` event; only those to this page's own taps are shown. */
  answered(event) {
    if (!this.#settle(event.query_id)) {
      this.#early.set(event.query_id, event);
      if (this.#early.size > 50) this.#early.delete(this.#early.keys().next().value);
      return;
    }
    this.#early.delete(event.query_id);
    if (!event.text) return;
    if (event.show_alert) alertDialog(this.store.state.bot.first_name ?? "Bot", event.text);
    else toast(event.text);
  }
}
