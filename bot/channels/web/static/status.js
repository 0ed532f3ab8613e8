// One line for what concerns the whole page; screen readers read it out.

import { part } from "./dom.js";

export class Status {
  #line = part(document, "status");
  #timer = 0;

  // Stays until the next word, or for some seconds; `shown: false` is for those who listen only.
  say(words, { seconds = 0, shown = true } = {}) {
    clearTimeout(this.#timer);
    this.#line.textContent = words;
    this.#line.classList.toggle("shown", shown);
    if (seconds) this.#timer = setTimeout(() => this.#line.classList.remove("shown"), seconds * 1000);
  }
}
