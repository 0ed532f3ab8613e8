// Being told of what is new while the page is closed (Web Push): switched on and off by the person, with a button.

import { post } from "./api.js";
import { part } from "./dom.js";

const { words, push, pushed } = JSON.parse(document.getElementById("begin").textContent);
const button = part(document, "push-button");
const status = part(document, "push-status");
let on = pushed;

const bytes = (text) => {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return Uint8Array.from(atob(padded), (char) => char.charCodeAt(0));
};

const tell = (endpoint) => post("/api/push", JSON.stringify({ endpoint }));

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") {
    status.textContent = words.push_denied;
    return;
  }
  await navigator.serviceWorker.register("/sw.js");
  const worker = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(push) };
  const subscription = await worker.pushManager.subscribe(options);
  await tell(subscription.endpoint);
  on = true;
  status.textContent = words.push_is_on;
}

async function switchOff() {
  await tell("");
  const worker = await navigator.serviceWorker.getRegistration();
  const subscription = await worker?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  on = false;
  status.textContent = words.push_is_off;
}

const draw = () => {
  button.textContent = on ? words.push_off : words.push_on;
};

if (push && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  part(document, "push").hidden = false;
  draw();
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await (on ? switchOff() : switchOn());
    } catch {
      status.textContent = words.push_failed;
    }
    button.disabled = false;
    draw();
  });
}
