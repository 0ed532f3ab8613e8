// The first steps: each button opens a phone, sends the command, and ticks the step off.

import { part } from "./dom.js";

// The secretary's things happen on the right, everybody else's on the left.
const RIGHT = new Set(["missing", "meeting"]);

export class Steps {
  #store;
  #page;

  // `page` is what a step acts on: { phones, show, view, outgoing, clock }.
  constructor(steps, { store, ...page }) {
    this.#store = store;
    this.#page = page;
    for (const step of steps) {
      const item = document.querySelector(`[data-step="${step.kind}"]`);
      item.querySelector("[data-try]").addEventListener("click", () => this.#try(step, item));
      if (this.#done.includes(step.kind)) this.#tick(item);
    }
    const next = steps.find(({ kind }) => !this.#done.includes(kind));
    if (next && this.#done.length) this.#unfold(next.kind);
  }

  get #done() {
    return this.#store.get("done", []);
  }

  async #try(step, item) {
    const { phones, show, view, outgoing, clock } = this.#page;
    const wanted = phones[RIGHT.has(step.kind) ? 1 : 0];
    const phone = phones.find((each) => each.chat === step.chat) ?? wanted;
    const opened = phone.chat === step.chat ? null : show(phone, step.chat);
    view(phone.slot);
    phone.focus();
    this.#finish(step, item);
    await opened;
    if (step.types) outgoing.say(step.chat, step.types);
    if (step.kind === "clock") clock.advance("next");
  }

  #finish(step, item) {
    if (!this.#done.includes(step.kind)) this.#store.set("done", [...this.#done, step.kind]);
    this.#tick(item);
  }

  #tick(item) {
    item.classList.add("done");
    part(item, "done").hidden = false;
  }

  #unfold(kind) {
    document.querySelectorAll("[data-step] details").forEach((details) => {
      details.open = details.closest("[data-step]").dataset.step === kind;
    });
  }
}
