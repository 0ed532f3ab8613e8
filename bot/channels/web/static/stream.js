// Listens to what is new. After a lost connection it goes on from the last change it saw.

export class Stream extends EventTarget {
  #after;
  #source;
  #lost = false;

  // `sleeps`: it lets go while the page is out of sight, so that a telephone that is put away can be told by a nudge.
  constructor(after, { sleeps = false } = {}) {
    super();
    this.#after = after;
    this.#open();
    if (sleeps) document.addEventListener("visibilitychange", () => this.#turn());
    // A page that comes back from the browser's sleep may hold a dead connection.
    window.addEventListener("pageshow", (event) => event.persisted && this.#open());
  }

  #open() {
    this.#source?.close();
    this.#source = new EventSource(`/api/stream?after=${this.#after}`);
    for (const name of ["mail", "unread", "typing", "clock", "run", "ended"]) {
      this.#source.addEventListener(name, (event) => this.#pass(name, event));
    }
    this.#source.addEventListener("open", () => this.#connected(true));
    this.#source.addEventListener("error", () => {
      this.#connected(false);
      if (this.#source.readyState === EventSource.CLOSED) setTimeout(() => this.#open(), 3000);
    });
  }

  #turn() {
    if (document.visibilityState === "visible") this.#open();
    else this.#source.close();
  }

  #pass(name, event) {
    const detail = JSON.parse(event.data);
    if (name === "mail") this.#after = Math.max(this.#after, detail.change);
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #connected(now) {
    if (now !== this.#lost) return;
    this.#lost = !now;
    this.dispatchEvent(new CustomEvent(now ? "back" : "lost"));
  }
}
