// The sample's people, and the dialog in which one of them is chosen: a search field over a list, grouped by unit.

import { api } from "./api.js";
import { badge, fill, fold, make, part } from "./dom.js";

// The given name stands last; the initials are those of the middle and the given name.
export const givenName = (name) => name.trim().split(/\s+/).at(-1);
export const initials = (name) => name.trim().split(/\s+/).slice(-2).map((word) => word[0]).join("");

export class People extends EventTarget {
  #all;
  #unread = {};

  constructor(all, stream) {
    super();
    this.#all = all;
    stream.addEventListener("unread", ({ detail }) => {
      this.#unread = detail;
      this.dispatchEvent(new Event("unread"));
    });
    // Somebody may just have joined.
    stream.addEventListener("mail", ({ detail }) => this.find(detail.chat)?.joined === false && this.refresh());
  }

  get all() {
    return this.#all;
  }

  find(chat) {
    return this.#all.find((person) => person.chat === chat);
  }

  unread(chat) {
    return this.#unread[chat] ?? 0;
  }

  async refresh() {
    const all = await api.people().catch(() => null);
    if (!all) return;
    this.#all = all;
    this.dispatchEvent(new Event("change"));
  }
}

// Every word typed is somewhere in the text. Typed with diacritics it must be there with them, otherwise with any.
function search(all, typed, textOf) {
  const words = typed.toLowerCase().normalize().split(/\s+/).filter(Boolean);
  return all.filter((each) => {
    const text = textOf(each).toLowerCase().normalize();
    return words.every((word) => (word === fold(word) ? fold(text) : text).includes(word));
  });
}

export class Picker {
  #people;
  #words;
  #dialog = document.querySelector(".picker");
  #choose = null;
  #current = null;

  constructor(people, words) {
    this.#people = people;
    this.#words = words;
    this.#search.addEventListener("input", () => this.#draw());
    this.#search.addEventListener("keydown", (event) => this.#key(event));
    part(this.#dialog, "close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close());
    for (const name of ["change", "unread"]) {
      people.addEventListener(name, () => this.#dialog.open && this.#draw(this.#active?.dataset.chat));
    }
  }

  // Asks for a person; `choose` gets their chat. `current` is marked.
  open(current, choose) {
    this.#choose = choose;
    this.#current = current;
    this.#search.value = "";
    this.#draw(current);
    this.#dialog.showModal();
    this.#search.focus();
    this.#active?.scrollIntoView({ block: "center" });
    this.#people.refresh();
  }

  get #search() {
    return part(this.#dialog, "search");
  }

  get #list() {
    return part(this.#dialog, "people");
  }

  get #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  get #active() {
    return this.#list.querySelector(".active");
  }

  #draw(active) {
    const found = search(this.#people.all, this.#search.value, (person) =>
      [person.name, person.unit, person.role, person.joined ? "" : this.#words.not_joined].join(" "),
    );
    const groups = new Map();
    for (const person of found) {
      if (!groups.has(person.unit)) groups.set(person.unit, this.#group(person.unit, groups.size));
      groups.get(person.unit).append(this.#option(person));
    }
    this.#list.replaceChildren(...groups.values());
    part(this.#dialog, "found").textContent = found.length
      ? fill(this.#words.people_found, { count: found.length })
      : this.#words.nobody;
    if (!found.length) this.#list.textContent = this.#words.nobody;
    this.#activate(this.#options.find((option) => option.dataset.chat === active) ?? this.#options[0]);
  }

  #group(unit, index) {
    const group = make("t-group");
    const title = group.firstElementChild;
    title.id = `unit-${index}`;
    title.textContent = unit;
    group.setAttribute("aria-labelledby", title.id);
    return group;
  }

  #option(person) {
    const option = make("t-person");
    option.id = `person-${person.chat}`;
    option.dataset.chat = person.chat;
    option.ariaSelected = String(person.chat === this.#current);
    part(option, "avatar").textContent = initials(person.name);
    part(option, "name").textContent = person.name;
    part(option, "role").textContent = person.role;
    part(option, "not-joined").textContent = this.#words.not_joined;
    part(option, "not-joined").hidden = person.joined;
    badge(part(option, "unread"), this.#people.unread(person.chat), this.#words.unread);
    option.addEventListener("click", () => this.#take(option));
    return option;
  }

  #activate(option) {
    this.#active?.classList.remove("active");
    if (!option) {
      this.#search.removeAttribute("aria-activedescendant");
      return;
    }
    option.classList.add("active");
    this.#search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const options = this.#options;
    const at = options.indexOf(this.#active);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 6, PageUp: at - 6 };
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (this.#active) this.#take(this.#active);
    } else if (event.key in moves) {
      event.preventDefault();
      this.#activate(options[Math.max(0, Math.min(options.length - 1, moves[event.key]))]);
    }
  }

  #take(option) {
    this.#dialog.close();
    this.#choose(option.dataset.chat);
  }
}
