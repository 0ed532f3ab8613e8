// Calls to our own server. Each resolves with the answer, or throws `Later` (try again) or `Refused` (never).

export class Later extends Error {}

export class Refused extends Error {
  constructor(status) {
    super(`refused: ${status}`);
    this.status = status;
  }
}

// What shows that a call is our own page's; in service it is a word that only this browser's page knows.
const word = document.querySelector("meta[name=form-word]")?.content ?? "1";

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { "X-Bon-Tot": word } });
  } catch (error) {
    throw new Later(String(error));
  }
  if (response.status >= 500 || response.status === 429) throw new Later(String(response.status));
  if (!response.ok) throw new Refused(response.status);
  return response;
}

const json = async (path, options) => (await call(path, options)).json();
export const post = (path, body) => call(path, { method: "POST", body });
const of = (chat) => `/api/chats/${encodeURIComponent(chat)}`;

export const api = {
  people: () => json("/api/people"),
  advance: (step) => json("/api/clock", { method: "POST", body: JSON.stringify(step) }),
  mails: (chat, before) => json(`${of(chat)}/mails${before ? `?before=${before}` : ""}`),
  menu: (chat) => json(`${of(chat)}/menu`),
  event: (chat, event) => post(`${of(chat)}/events`, JSON.stringify(event)),
  read: (chat, upTo) => post(`${of(chat)}/read`, String(upTo)),
  fileAddress: (chat, mail) => `${of(chat)}/files/${mail}`,

  // The content goes along only if the bot waits for a file of this size.
  async file(chat, id, file) {
    const wanted = await json(`${of(chat)}/files/wanted`);
    const query = new URLSearchParams({ id, name: file.name, size: file.size });
    return post(`${of(chat)}/files?${query}`, file.size <= wanted ? file : "");
  },
};
