// The rehearsal's clock: it runs on by itself between the server's words, and is moved by three buttons.

import { api } from "./api.js";
import { fill, make, part } from "./dom.js";

const VIETNAM = 7 * 3600 * 1000;
const two = (number) => String(number).padStart(2, "0");

export class Clock {
  #words;
  #status;
  #view;
  #heard = 0;
  #drawn = "";
  #moving = false;

  constructor({ words, view, status, stream }) {
    this.#words = words;
    this.#status = status;
    this.#take(view);
    stream.addEventListener("clock", ({ detail }) => this.#take(detail));
    for (const button of document.querySelectorAll("[data-advance]")) {
      button.addEventListener("click", () => this.advance(button.dataset.advance));
    }
    setInterval(() => this.#drawNow(), 1000);
  }

  // "hour", "day" or "next". One move at a time; what it set off comes through the stream.
  async advance(step) {
    if (this.#moving) return;
    this.#move(true);
    this.#status.say(this.#words.moving, { shown: false });
    try {
      this.#take(await api.advance(step));
      const { day, time } = this.#now();
      this.#status.say(fill(this.#words.moved, { now: `${time}, ${day}` }), { shown: false });
    } catch {
      this.#status.say(this.#words.clock_failed, { seconds: 8 });
    } finally {
      this.#move(false);
    }
  }

  #move(moving) {
    this.#moving = moving;
    part(document, "clock").ariaBusy = String(moving);
    part(document, "now-label").textContent = moving ? this.#words.moving : this.#words.now;
    for (const button of document.querySelectorAll("[data-advance], [data-try=clock]")) {
      button.setAttribute("aria-disabled", String(moving));
    }
  }

  #take(view) {
    this.#view = view;
    this.#heard = performance.now();
    this.#drawNow();
    const drawn = JSON.stringify([view.upcoming, view.outbox]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#drawLists(view);
  }

  // Viet Nam has no daylight saving: its wall clock is seven hours ahead of UTC.
  #now() {
    const at = new Date(this.#view.now + (performance.now() - this.#heard) + VIETNAM);
    const date = `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
    const weekday = this.#words.weekdays[(at.getUTCDay() + 6) % 7];
    const [hour, minute] = [two(at.getUTCHours()), two(at.getUTCMinutes())];
    return {
      day: fill(this.#words.clock, { weekday, date }),
      time: fill(this.#words.clock_time, { hour, minute }),
      short: `${hour}:${minute}`,
    };
  }

  #drawNow() {
    const { day, time, short } = this.#now();
    const put = (name, text) => {
      const element = part(document, name);
      if (element.textContent !== text) element.textContent = text;
    };
    put("now-time", time);
    put("now-day", day);
    put("view-time", short);
  }

  #drawLists({ upcoming, outbox }) {
    const events = upcoming.map(({ when, at, what }) => {
      const item = make("t-upcoming");
      Object.assign(item.querySelector("time"), { textContent: when, dateTime: at });
      part(item, "what").textContent = what;
      return item;
    });
    part(document, "next-when").textContent = upcoming[0]?.when ?? "";
    part(document, "next-what").textContent = upcoming[0]?.what ?? this.#words.nothing_upcoming;
    part(document, "upcoming").replaceChildren(...(events.length ? events : [line(this.#words.nothing_upcoming)]));
    const states = outbox.map(({ state, label, count }) => {
      const item = make("t-outbox");
      item.dataset.state = state;
      part(item, "count").textContent = count;
      part(item, "label").textContent = label;
      return item;
    });
    const waits = outbox.some(({ state }) => state === "queued" || state === "in_flight");
    if (!waits) states.unshift(line(this.#words.nothing_waiting));
    part(document, "outbox").replaceChildren(...states);
  }
}

function line(words) {
  const item = document.createElement("li");
  item.className = "none";
  item.textContent = words;
  return item;
}
