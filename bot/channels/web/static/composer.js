// The place to write: text with Enter, a file, and the menu of commands. A draft outlives a reload.

import { api } from "./api.js";
import { fill, make, part } from "./dom.js";

export class Composer {
  #root;
  #words;
  #store;
  #outgoing;
  #chat = null;

  constructor(root, { words, store, outgoing }) {
    this.#root = root;
    this.#words = words;
    this.#store = store;
    this.#outgoing = outgoing;
    part(root, "composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("input", () => this.#typed());
    part(root, "attach").addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => this.#sendFile());
    part(root, "menu-button").addEventListener("click", () => this.#toggleMenu());
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.#closeMenu({ back: true }));
    document.addEventListener("pointerdown", (event) => this.#away(event.target));
  }

  open({ chat, name }) {
    this.#chat = chat;
    this.#text.value = this.#store.get(`draft:${chat}`, "");
    this.#text.setAttribute("aria-label", fill(this.#words.composer, { name }));
    this.#grow();
    this.#closeMenu({});
  }

  get #text() {
    return part(part(this.#root, "composer"), "text");
  }

  get #file() {
    return part(part(this.#root, "composer"), "file");
  }

  // Enter sends, Shift+Enter is a new line; Enter that ends a letter being composed (Telex, VNI) does neither.
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #typed() {
    this.#store.set(`draft:${this.#chat}`, this.#text.value);
    this.#grow();
  }

  #send() {
    const text = this.#text.value.trim();
    if (!text) return;
    this.#text.value = "";
    this.#typed();
    this.#outgoing.say(this.#chat, text);
  }

  #sendFile() {
    const [file] = this.#file.files;
    if (file) this.#outgoing.file(this.#chat, file);
    this.#file.value = "";
  }

  // As high as its text, up to the limit in the style sheet.
  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  async #toggleMenu() {
    const menu = part(this.#root, "menu");
    if (!menu.hidden) {
      this.#closeMenu({});
      return;
    }
    const commands = await api.menu(this.#chat).catch(() => []);
    part(menu, "menu-list").replaceChildren(...commands.map((command) => this.#command(command)));
    menu.hidden = false;
    part(this.#root, "menu-button").ariaExpanded = "true";
    menu.querySelector("button")?.focus();
  }

  #command({ name, does }) {
    const item = make("t-command");
    part(item, "name").textContent = name;
    part(item, "does").textContent = does;
    item.firstElementChild.addEventListener("click", () => {
      this.#closeMenu({ back: true });
      this.#outgoing.say(this.#chat, name);
    });
    return item;
  }

  #closeMenu({ back = false }) {
    const menu = part(this.#root, "menu");
    if (menu.hidden) return;
    menu.hidden = true;
    const button = part(this.#root, "menu-button");
    button.ariaExpanded = "false";
    if (back) button.focus();
  }

  #away(target) {
    const inside = part(this.#root, "menu").contains(target) || part(this.#root, "menu-button").contains(target);
    if (!inside) this.#closeMenu({});
  }
}
