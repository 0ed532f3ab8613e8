// What this browser keeps for itself: drafts, events on their way, who is shown. Each rehearsal (run) has its own.

export class Store {
  #prefix;

  constructor(run) {
    this.#prefix = `bon-tot:${run}:`;
    this.#forgetOthers();
  }

  get(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(this.#prefix + key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  // An empty value is forgotten. A browser that keeps nothing works all the same, until it is closed.
  set(key, value) {
    try {
      if (value === "" || value === null || value.length === 0) localStorage.removeItem(this.#prefix + key);
      else localStorage.setItem(this.#prefix + key, JSON.stringify(value));
    } catch {
      // Full, or forbidden: nothing to be done.
    }
  }

  keys(start) {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(this.#prefix + start))
        .map((key) => key.slice(this.#prefix.length));
    } catch {
      return [];
    }
  }

  #forgetOthers() {
    try {
      for (const key of Object.keys(localStorage)) {
        const ours = key.startsWith(this.#prefix) || key === "bon-tot:theme";
        if (key.startsWith("bon-tot:") && !ours) localStorage.removeItem(key);
      }
    } catch {
      // Nothing is kept, so there is nothing to forget.
    }
  }
}
