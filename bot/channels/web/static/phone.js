// A phone of the rehearsal: whose it is, their conversation, and the invitation of those who have not joined.

import { Chat } from "./chat.js";
import { badge, fill, part } from "./dom.js";
import { givenName, initials } from "./people.js";

export class Phone {
  #root;
  #tab;
  #words;
  #people;
  #chat;

  constructor(slot, { words, store, outgoing, stream, people, change }) {
    this.slot = slot;
    this.#root = document.querySelector(`[data-phone="${slot}"]`);
    this.#tab = document.querySelector(`.views [data-view="${slot}"]`);
    this.#words = words;
    this.#people = people;
    this.#chat = new Chat(part(this.#root, "chat"), { words, store, outgoing, stream });
    part(this.#root, "owner").addEventListener("click", () => change(this));
    part(this.#root, "join").addEventListener("click", () => {
      outgoing.start(this.chat, people.find(this.chat).invitation, words.started);
      this.focus();
    });
    people.addEventListener("change", () => this.#drawOwner());
    people.addEventListener("unread", () => this.#drawUnread());
  }

  get chat() {
    return this.#chat.chat;
  }

  open(chat) {
    const person = this.#people.find(chat);
    const opened = this.#chat.open(person);
    this.#drawOwner();
    this.#drawUnread();
    return opened;
  }

  shown() {
    this.#chat.shown();
  }

  focus() {
    this.#chat.focus();
  }

  #drawOwner() {
    const person = this.#people.find(this.chat);
    if (!person) return;
    const { name, role, unit, joined, invitation } = person;
    part(this.#root, "heading").textContent = fill(this.#words.conversation, { name });
    part(this.#root, "avatar").textContent = initials(name);
    part(this.#root, "owner-name").textContent = name;
    part(this.#root, "owner-role").textContent = `${role} · ${unit}`;
    part(this.#tab, "view-name").textContent = givenName(name);
    part(this.#root, "invite").hidden = joined || !invitation;
    part(this.#root, "code").textContent = invitation ?? "";
  }

  #drawUnread() {
    badge(part(this.#tab, "badge"), this.#people.unread(this.chat), this.#words.unread);
  }
}
