// Small helpers over the page's own templates. Text is only ever put in as text.

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

export const make = (template) => document.getElementById(template).content.firstElementChild.cloneNode(true);

// "{count} tin mới" with { count: 3 }.
export const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const seen = (element) => element.getClientRects().length > 0 && document.visibilityState === "visible";

// Lower case, without diacritics, for searching.
export const fold = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("\u0111", "d");

// A count in a badge; nothing is shown for none.
export function badge(element, count, words) {
  element.hidden = !count;
  element.textContent = count || "";
  if (count) element.setAttribute("aria-label", fill(words, { count }));
  else element.removeAttribute("aria-label");
}
