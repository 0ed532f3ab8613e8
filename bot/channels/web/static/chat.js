// One conversation: what was said, what to press, and a place to write. It knows nothing of the page around it; the
// rehearsal shows two of them, a page in service would show one.

import { api } from "./api.js";
import { drawMail, drawPending, showState } from "./bubble.js";
import { Composer } from "./composer.js";
import { fill, make, part, seen } from "./dom.js";
import { Scroll } from "./scroll.js";

const TYPING_SECONDS = 8;
const RETRY_SECONDS = 3;

export class Chat {
  #root;
  #words;
  #store;
  #outgoing;
  #stream;
  #scroll;
  #composer;
  #owner = null;
  #mails = new Map();
  #unread = {};
  #typing = 0;
  #opened = 0;

  constructor(root, { words, store, outgoing, stream }) {
    this.#root = root;
    this.#words = words;
    this.#store = store;
    this.#outgoing = outgoing;
    this.#stream = stream;
    this.#scroll = new Scroll(root, words, () => this.#read());
    this.#composer = new Composer(root, { words, store, outgoing });
    part(root, "older").addEventListener("click", () => this.#older());
    document.addEventListener("visibilitychange", () => this.#read());
    this.#listen();
  }

  get chat() {
    return this.#owner?.chat;
  }

  // Shows the conversation of somebody: { chat, name }.
  async open(owner) {
    this.#owner = owner;
    this.#opened += 1;
    this.#mails.clear();
    this.#log.ariaLive = "off";
    this.#log.setAttribute("aria-label", fill(this.#words.conversation, owner));
    part(this.#root, "mails").replaceChildren();
    part(this.#root, "typing").hidden = true;
    part(this.#root, "empty").hidden = true;
    this.#composer.open(owner);
    await this.#load();
  }

  // The page has made room for it, or has come back to it.
  shown() {
    this.#scroll.settle();
    this.#read();
  }

  focus() {
    this.#log.focus();
  }

  get #log() {
    return part(this.#root, "log");
  }

  #listen() {
    this.#stream.addEventListener("mail", ({ detail }) => detail.chat === this.chat && this.#take(detail));
    this.#stream.addEventListener("typing", ({ detail }) => detail === this.chat && this.#showTyping());
    this.#stream.addEventListener("unread", ({ detail }) => {
      this.#unread = { ...detail };
      this.#read();
    });
    for (const name of ["change", "sent", "failed"]) {
      this.#outgoing.addEventListener(name, ({ detail }) => detail.chat === this.chat && this.#showOutgoing(detail));
    }
  }

  async #load() {
    const opened = this.#opened;
    let answer;
    try {
      answer = await api.mails(this.chat);
    } catch {
      setTimeout(() => opened === this.#opened && this.#load(), RETRY_SECONDS * 1000);
      return;
    }
    if (opened !== this.#opened) return;
    answer.mails.forEach((mail) => this.#put(mail));
    part(this.#root, "older").hidden = !answer.more;
    this.#outgoing.pending(this.chat).forEach((item) => this.#showOutgoing(item));
    this.#tidy();
    this.#scroll.toEnd();
    this.#read();
    this.#log.ariaLive = "polite";
  }

  async #older() {
    const button = part(this.#root, "older");
    const opened = this.#opened;
    const first = Math.min(...this.#mails.keys());
    const answer = await api.mails(this.chat, first).catch(() => null);
    if (!answer || opened !== this.#opened) return;
    this.#log.ariaLive = "off";
    this.#scroll.keepPlace(() => {
      answer.mails.forEach((mail) => this.#put(mail));
      button.hidden = !answer.more;
      this.#tidy();
    });
    if (document.activeElement === document.body) this.#log.focus();
    this.#log.ariaLive = "polite";
  }

  // Something new from the stream.
  #take(mail) {
    const before = this.#mails.get(mail.id);
    if (before && before.change >= mail.change) return;
    if (!mail.incoming) part(this.#root, "typing").hidden = true;
    const draw = () => {
      this.#put(mail);
      this.#tidy();
    };
    this.#scroll.follow(draw, { mail, replaced: Boolean(before) });
    this.#read();
  }

  // Draws a mail in its place: instead of its earlier self, instead of what was pending, or in order of id.
  #put(mail) {
    const known = this.#mails.get(mail.id);
    if (known && known.change >= mail.change) return;
    const node = drawMail(mail, this.#drawing(mail));
    const old = known?.node;
    part(this.#root, "mails").querySelector(`.pending[data-key="${mail.key}"]`)?.remove();
    if (old) this.#exchange(old, node);
    else this.#insert(mail.id, node);
    this.#mails.set(mail.id, { change: mail.change, day: mail.day, node });
  }

  #exchange(old, node) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(node);
    node.classList.add("replaced");
    // Whoever goes by keyboard stays where the next question is.
    if (focused) (node.querySelector(".choice") ?? part(node, "bubble")).focus({ preventScroll: true });
  }

  #insert(id, node) {
    const after = [...this.#mails.keys()].filter((other) => other > id);
    const next = after.length ? this.#mails.get(Math.min(...after)).node : this.#list.querySelector(".pending");
    this.#list.insertBefore(node, next);
  }

  get #list() {
    return part(this.#root, "mails");
  }

  #drawing(mail) {
    const [change, pressed] = this.#store.get(`pressed:${this.chat}`, {})[mail.id] ?? [];
    return {
      words: this.#words,
      who: mail.incoming ? fill(this.#words.you, this.#owner) : this.#words.bot,
      pressed: change === mail.change ? pressed : null,
      does: {
        say: (command) => this.#outgoing.say(this.chat, command),
        press: (pressedMail, choice) => this.#outgoing.press(this.chat, pressedMail.id, choice.data),
      },
    };
  }

  #showOutgoing(item) {
    if (item.event.type === "pressed") {
      this.#showPress(item);
      return;
    }
    if (item.shown === null) return;
    const node = this.#list.querySelector(`[data-key="${item.id}"]`);
    if (node) showState(node, item, this.#words);
    else if (item.state === "sending" || item.state === "retrying") {
      const pending = drawPending(item, { words: this.#words, who: fill(this.#words.you, this.#owner) });
      this.#list.append(pending);
      this.#tidy();
      this.#scroll.toEnd();
    }
  }

  #showPress(item) {
    const { mail, data } = item.event;
    const drawn = this.#mails.get(mail);
    const button = [...(drawn?.node.querySelectorAll(".choice") ?? [])].find((other) => other.dataset.data === data);
    if (item.state === "sent" && drawn) {
      // If the answer has replaced the message already, there is no button left to mark.
      const marks = this.#store.get(`pressed:${this.chat}`, {});
      if (button) this.#store.set(`pressed:${this.chat}`, { ...marks, [mail]: [drawn.change, data] });
    }
    if (!button) return;
    const waiting = item.state === "sending" || item.state === "retrying";
    button.classList.toggle("busy", waiting);
    button.ariaBusy = String(waiting);
    if (item.state === "sent") {
      button.parentElement.querySelectorAll('[data-part="pressed"]').forEach((mark) => (mark.hidden = true));
      part(button, "pressed").hidden = false;
    }
    if (item.state === "sending") this.#scroll.expectAnswer();
  }

  #showTyping() {
    const typing = part(this.#root, "typing");
    clearTimeout(this.#typing);
    this.#scroll.follow(() => (typing.hidden = false), {});
    this.#typing = setTimeout(() => (typing.hidden = true), TYPING_SECONDS * 1000);
  }

  // The days between the bubbles, and the words for an empty conversation.
  #tidy() {
    this.#list.querySelectorAll(".day").forEach((day) => day.remove());
    let last = "";
    for (const id of [...this.#mails.keys()].sort((a, b) => a - b)) {
      const { day, node } = this.#mails.get(id);
      if (day !== last) node.before(dayLine(day));
      last = day;
    }
    part(this.#root, "empty").hidden = this.#list.childElementCount > 0;
  }

  #read() {
    if (!this.#unread[this.chat] || !this.#mails.size || !this.#scroll.atEnd || !seen(this.#log)) return;
    delete this.#unread[this.chat];
    api.read(this.chat, Math.max(...this.#mails.keys())).catch(() => {});
  }
}

function dayLine(day) {
  const line = make("t-day");
  line.firstElementChild.textContent = day;
  return line;
}
