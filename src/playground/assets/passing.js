// Values that go by themselves after a while: who is typing, a streamed preview.

export class Passing {
  #entries = new Map();

  /** `changed(key)` is called when a value comes, goes or expires. */
  constructor(lifeMs, changed) {
    this.lifeMs = lifeMs;
    this.changed = changed;
  }

  get(key) {
    return this.#entries.get(key)?.value;
  }

  set(key, value) {
    clearTimeout(this.#entries.get(key)?.timer);
    const timer = setTimeout(() => this.drop(key), this.lifeMs);
    this.#entries.set(key, { value, timer });
    this.changed(key);
  }

  drop(key) {
    clearTimeout(this.#entries.get(key)?.timer);
    if (this.#entries.delete(key)) this.changed(key);
  }

  clear() {
    for (const key of [...this.#entries.keys()]) this.drop(key);
  }
}
