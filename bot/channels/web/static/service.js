// The page in service: one conversation. It takes over from the plain forms once it can run at all.

import { api, Refused } from "./api.js";
import { Chat } from "./chat.js";
import { part } from "./dom.js";
import { Outgoing } from "./outgoing.js";
import { Status } from "./status.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";

const begin = JSON.parse(document.getElementById("begin").textContent);
const { words, chat: address, name } = begin;
const store = new Store(address);
const status = new Status();
const stream = new Stream(begin.after, { sleeps: true });
const outgoing = new Outgoing(store);
const chat = new Chat(part(document, "chat"), { words, store, outgoing, stream });

// Signed out here or on another machine: nothing of the conversation stays in sight.
const leave = () => location.replace("/vao");

document.documentElement.classList.add("is-live");
chat.open({ chat: address, name });
chat.shown();

stream.addEventListener("ended", leave);
stream.addEventListener("lost", async () => {
  status.say(words.reconnecting);
  try {
    await api.menu(address);
  } catch (error) {
    if (error instanceof Refused) leave();
  }
});
stream.addEventListener("back", () => status.say(words.connected, { seconds: 3 }));
outgoing.addEventListener("failed", ({ detail }) => {
  if (detail.status === 401) leave();
  // The browser has signed in anew in another window: this page's word is an old one.
  if (detail.status === 403) location.reload();
});
