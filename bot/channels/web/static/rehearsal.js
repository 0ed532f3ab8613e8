// The rehearsal page: puts its parts together and remembers who was shown.

import { Clock } from "./clock.js";
import { part } from "./dom.js";
import { Outgoing } from "./outgoing.js";
import { People, Picker } from "./people.js";
import { Phone } from "./phone.js";
import { Status } from "./status.js";
import { Steps } from "./steps.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";

const begin = JSON.parse(document.getElementById("begin").textContent);
const { words } = begin;
const store = new Store(begin.run);
const status = new Status();
const stream = new Stream(begin.after);
const outgoing = new Outgoing(store);
const people = new People(begin.people, stream);
const picker = new Picker(people, words);
const clock = new Clock({ words, view: begin.clock, status, stream });
const phones = ["left", "right"].map((slot) => new Phone(slot, { words, store, outgoing, stream, people, change }));

// The same person is not shown twice: the two phones change places instead.
function show(phone, chat) {
  const other = phones.find((each) => each !== phone);
  if (other.chat === chat && phone.chat) open(other, phone.chat);
  return open(phone, chat);
}

function open(phone, chat) {
  store.set(phone.slot, chat);
  return phone.open(chat);
}

function change(phone) {
  picker.open(phone.chat, (chat) => show(phone, chat));
}

// Where the page is too narrow for everything, one part is shown at a time.
function view(name) {
  document.body.dataset.view = name;
  store.set("view", name);
  for (const tab of document.querySelectorAll(".views [data-view]")) {
    if (tab.dataset.view === name) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  phones.find((phone) => phone.slot === name)?.shown();
}

const first = (step) => begin.steps.find(({ kind }) => kind === step)?.chat;
const known = (chat) => people.find(chat) && chat;
const shownFirst = {
  left: known(store.get("left")) ?? first("pledge") ?? begin.people[0].chat,
  right: known(store.get("right")) ?? first("missing") ?? begin.people[1].chat,
};
phones.forEach((phone) => open(phone, shownFirst[phone.slot]));

new Steps(begin.steps, { store, phones, show, view, outgoing, clock });

for (const tab of document.querySelectorAll(".views [data-view]")) {
  tab.addEventListener("click", () => view(tab.dataset.view));
}
view(store.get("view", "steps"));

stream.addEventListener("lost", () => status.say(words.reconnecting));
stream.addEventListener("back", () => status.say(words.connected, { seconds: 3 }));
stream.addEventListener("run", ({ detail }) => detail !== begin.run && location.reload());
part(document, "status").textContent = "";
