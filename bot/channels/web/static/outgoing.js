// What was typed, pressed or sent and is not yet confirmed. One queue a chat, in order; each event keeps its id until
// the server confirms it, through lost connections and reloads, so that it is never lost and never acts twice.

import { api, Later, Refused } from "./api.js";

const PAUSES = [1, 2, 4, 8, 15];

export class Outgoing extends EventTarget {
  #store;
  #queues = new Map();

  constructor(store) {
    super();
    this.#store = store;
    for (const key of store.keys("out:")) {
      const chat = key.slice("out:".length);
      this.#queues.set(chat, store.get(key, []).map((item) => ({ ...item, state: "sending" })));
      this.#run(chat);
    }
  }

  // Of a chat, oldest first: { id, chat, event, shown, state: "sending" | "retrying" }.
  pending(chat) {
    return this.#queues.get(chat) ?? [];
  }

  say(chat, text) {
    this.#add(chat, { type: "said", text }, text);
  }

  // A press that is under way already is not made twice.
  press(chat, mail, data) {
    const same = (item) => item.event.type === "pressed" && item.event.mail === mail && item.event.data === data;
    if (!this.pending(chat).some(same)) this.#add(chat, { type: "pressed", data, mail }, null);
  }

  start(chat, code, shown) {
    this.#add(chat, { type: "started", code }, shown);
  }

  file(chat, file) {
    this.#add(chat, { type: "file" }, file.name, file);
  }

  #add(chat, event, shown, file) {
    const item = { id: newId(), chat, event, shown, file, state: "sending" };
    const queue = this.pending(chat);
    this.#queues.set(chat, [...queue, item]);
    this.#keep(chat);
    this.#tell("change", item);
    if (queue.length === 0) this.#run(chat);
  }

  async #run(chat) {
    for (let tries = 0; this.pending(chat).length; tries += 1) {
      const [item] = this.pending(chat);
      try {
        await this.#send(item);
        this.#settle(item, "sent");
        tries = -1;
      } catch (error) {
        if (error instanceof Refused) {
          this.#settle(item, "failed", error.status);
          tries = -1;
        } else if (error instanceof Later) {
          item.state = "retrying";
          this.#tell("change", item);
          await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
        } else throw error;
      }
    }
  }

  #send({ id, chat, event, file }) {
    return file ? api.file(chat, id, file) : api.event(chat, { id, ...event });
  }

  #settle(item, state, status) {
    item.state = state;
    item.status = status;
    this.#queues.set(item.chat, this.pending(item.chat).filter((other) => other !== item));
    this.#keep(item.chat);
    this.#tell(state, item);
  }

  // A file cannot be kept over a reload; everything else is.
  #keep(chat) {
    const kept = this.pending(chat).filter((item) => !item.file);
    this.#store.set(`out:${chat}`, kept.map(({ id, event, shown }) => ({ id, chat, event, shown })));
  }

  #tell(name, item) {
    this.dispatchEvent(new CustomEvent(name, { detail: item }));
  }
}

// So many seconds, or until the browser says that it is online again.
function pause(seconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
    window.addEventListener("online", resolve, { once: true });
  });
}

// randomUUID exists only on secure origins, and loopback under another name is none.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
