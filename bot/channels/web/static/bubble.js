// One bubble: a mail as the server tells it, drawn into the page's template.

import { api } from "./api.js";
import { fill, make, part } from "./dom.js";

// An address of the web, or a command at the start of a word.
const TAPPABLE = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]”’])|(?<![\p{L}\p{N}/_.])(\/[a-z][a-z0-9_]{1,31})(?![\p{L}\p{N}/_])/gu;

// `does` is what taps call: say(command), press(mail, choice).
export function drawMail(mail, { words, who, pressed, does }) {
  const node = make("t-mail");
  node.dataset.mail = mail.id;
  node.dataset.change = mail.change;
  if (mail.incoming) node.dataset.key = mail.key;
  node.classList.add(mail.incoming ? "own" : "bot");
  part(node, "who").textContent = `${who}: `;
  put(part(node, "title"), mail.title);
  drawText(part(node, "text"), mail.text, mail.incoming ? null : does.say);
  drawFile(part(node, "file"), mail, words);
  drawLink(part(node, "link"), mail.link);
  const time = part(node, "time");
  time.textContent = mail.time;
  time.dateTime = mail.at;
  drawChoices(part(node, "choices"), mail, { words, pressed, does });
  return node;
}

// What this browser has said and the server has not confirmed yet.
export function drawPending(item, { words, who }) {
  const node = make("t-mail");
  node.dataset.key = item.id;
  node.classList.add("own", "pending");
  part(node, "who").textContent = `${who}: `;
  for (const name of ["title", "file", "link", "time", "choices"]) part(node, name).remove();
  part(node, "text").textContent = item.shown;
  showState(node, item, words);
  return node;
}

export function showState(node, item, words) {
  const state = item.status === 413 ? words.too_large : { ...words, sent: "" }[item.state];
  part(node, "state").textContent = state;
  node.classList.toggle("failed", item.state === "failed");
}

function put(element, text) {
  if (text) element.textContent = text;
  else element.remove();
}

function drawText(element, text, say) {
  if (!text) {
    element.remove();
    return;
  }
  let at = 0;
  for (const match of text.matchAll(TAPPABLE)) {
    const [whole, url, command] = match;
    if (command && !say) continue;
    element.append(text.slice(at, match.index), url ? address(url) : tappable(command, say));
    at = match.index + whole.length;
  }
  element.append(text.slice(at));
}

function address(url) {
  const link = document.createElement("a");
  Object.assign(link, { href: url, textContent: url, target: "_blank", rel: "noopener noreferrer" });
  return link;
}

function tappable(command, say) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "command", textContent: command });
  button.addEventListener("click", () => say(command));
  return button;
}

function drawFile(link, mail, words) {
  if (!mail.file) {
    link.remove();
    return;
  }
  link.href = api.fileAddress(mail.chat, mail.id);
  link.download = mail.file.name;
  link.setAttribute("aria-label", fill(words.download, { name: mail.file.name }));
  part(link, "file-name").textContent = mail.file.name;
  part(link, "file-size").textContent = mail.file.size;
}

function drawLink(element, link) {
  if (!link) {
    element.remove();
    return;
  }
  element.href = link.url;
  part(element, "link-label").textContent = link.label;
}

function drawChoices(group, mail, { words, pressed, does }) {
  if (!mail.choices.length) {
    group.remove();
    return;
  }
  for (const choice of mail.choices) {
    const button = make("t-choice");
    button.dataset.data = choice.data;
    button.classList.toggle("nav", choice.nav);
    part(button, "label").textContent = choice.label;
    part(button, "pressed").hidden = pressed !== choice.data;
    part(button, "pressed-words").textContent = ` (${words.pressed})`;
    button.addEventListener("click", () => does.press(mail, choice));
    group.append(button);
  }
}
