// Which messages are unread, by conversation. Knows nothing of who reads them.

export class Unread {
  /** conversation -> ids of messages */
  #ids = new Map();

  count(key) {
    return this.#ids.get(key)?.size ?? 0;
  }

  add(key, id) {
    if (!this.#ids.has(key)) this.#ids.set(key, new Set());
    this.#ids.get(key).add(id);
  }

  drop(key, id) {
    this.#ids.get(key)?.delete(id);
  }

  /** All of a conversation is read; answers whether that is news. */
  clear(key) {
    return this.#ids.delete(key);
  }

  /** Forgets what is gone: deleted meanwhile, or unknown to a server that was restarted. */
  keep(isThere) {
    for (const [key, ids] of this.#ids) for (const id of ids) if (!isThere(key, id)) ids.delete(id);
  }
}

/** The messages of a reading that are newer than all that was known of their chat. */
export function newIn(messages, before) {
  const fresh = [];
  for (const [id, list] of messages) {
    const known = before.get(id);
    const last = Math.max(0, ...(known?.keys() ?? []));
    if (known) fresh.push(...list.filter((message) => message.message_id > last));
  }
  return fresh;
}
