// People's names by label, read at most once a minute.

import {all} from "../lib/api.js";
import {h} from "../lib/dom.js";

const KEPT_MS = 60_000;
let known = null;
let readAt = 0;

/** Everybody's name by label, in the order of the labels. */
export function names() {
  if (!known || Date.now() - readAt > KEPT_MS) {
    readAt = Date.now();
    known = read();
    known.catch(() => { known = null; });
  }
  return known;
}

/** An element with a person's name; it shows the label until the name is loaded. */
export function nameOf(label) {
  const shown = h("span", {dir: "auto"}, label);
  names().then((found) => { shown.textContent = found.get(label) ?? label; }, () => {});
  return shown;
}

async function read() {
  const found = new Map();
  for await (const person of all("/v1/people", {}, (page) => page.people)) found.set(person.label, person.name);
  return found;
}
