// Where a conversation is scrolled to. Who is at the end stays there; who reads further up is left alone and told how
// much is new. Of a row of new messages the first stays in sight, even if the rest is longer than the screen.

import { fill, part } from "./dom.js";

const NEAR = 90;
// What comes later than this after the last one begins a new row: the earlier ones have been seen.
const ROW_MILLISECONDS = 2000;

export class Scroll {
  #log;
  #button;
  #words;
  #missed = 0;
  #first = null;
  #last = 0;
  #at = true;
  #expected = false;

  constructor(root, words, atEnd) {
    this.#log = part(root, "log");
    this.#button = part(root, "to-end");
    this.#words = words;
    this.#button.addEventListener("click", () => {
      this.toEnd();
      this.#log.focus({ preventScroll: true });
    });
    this.#log.addEventListener("scroll", () => {
      this.#at = this.atEnd;
      if (this.#at) this.#missed = 0;
      this.#show();
      if (this.#at) atEnd();
    });
    for (const name of ["wheel", "touchmove", "keydown"]) {
      this.#log.addEventListener(name, () => this.rest(), { passive: true });
    }
    new ResizeObserver(() => this.settle()).observe(this.#log);
  }

  get atEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR;
  }

  // The person has done something: what comes now begins a new row.
  rest() {
    this.#first = null;
  }

  // A button was pressed, perhaps far up: the answer, if it comes as a new message, is to be seen.
  expectAnswer() {
    this.#expected = true;
    this.rest();
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#at = true;
    this.#missed = 0;
    this.rest();
    this.#show();
  }

  // After the room has changed.
  settle() {
    if (this.#at) this.#log.scrollTop = this.#log.scrollHeight;
  }

  // Draws something new at the end, or something replaced anywhere.
  follow(draw, { mail, replaced = false }) {
    const at = this.#at || (this.#expected && !replaced);
    if (mail) this.#expected = false;
    draw();
    if (at && replaced) this.settle();
    else if (at) this.#reveal(mail);
    else if (mail && !replaced && !mail.incoming) this.#missed += 1;
    this.#show();
  }

  keepPlace(draw) {
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    draw();
    this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
  }

  #reveal(mail) {
    const drawn = mail && this.#log.querySelector(`[data-mail="${mail.id}"]`);
    const late = performance.now() - this.#last > ROW_MILLISECONDS;
    if (drawn && (late || !this.#first?.isConnected)) this.#first = drawn;
    if (drawn) this.#last = performance.now();
    const end = this.#log.scrollHeight - this.#log.clientHeight;
    const top = this.#first ? this.#first.offsetTop - 12 : end;
    this.#log.scrollTop = Math.min(end, top);
    this.#at = this.atEnd;
  }

  #show() {
    this.#button.hidden = this.#at;
    const words = this.#missed ? this.#words.new_below : this.#words.new_below_none;
    part(this.#button, "to-end-words").textContent = fill(words, { count: this.#missed });
  }
}
