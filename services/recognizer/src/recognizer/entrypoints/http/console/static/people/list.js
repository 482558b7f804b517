// The list of people, page by page: everybody, or the results of a search.

import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {many} from "../lib/format.js";
import {link} from "../lib/router.js";
import {more, thumbnail} from "../lib/ui.js";

const PAGE = 60;

/** The URL of a person's thumbnail; null without a photo. */
export const portrait = (person) =>
  person.photo_count ? `/v1/people/${encodeURIComponent(person.label)}/portrait` : null;

/**
 * Shows the people found in `place`.
 * @param {{place: HTMLElement, search: string, signal: AbortSignal, nobody: () => Node}} options
 * @returns {Promise<{shown: number, all: boolean}>} how many are shown, and whether these are all.
 */
export async function showPeople({place, search, signal, nobody}) {
  const grid = h("ul", {class: "grid people"});
  let after = null;
  const load = async () => {
    const page = await nextPage(search, after, signal);
    if (signal.aborted) return false;
    const cards = page.people.map(card);
    grid.append(...cards);
    const continued = after !== null;
    after = page.next;
    if (continued && !after) cards[0]?.querySelector("a").focus(); // the button is removed
    return Boolean(after);
  };
  const goesOn = await load();
  if (signal.aborted) return {shown: 0, all: false};
  replace(place, grid.childElementCount ? grid : nobody(), goesOn && more(load));
  return {shown: grid.childElementCount, all: !goesOn};
}

/** Fills a page: the server's page of a search may be short or empty although more follow. */
async function nextPage(search, after, signal) {
  const people = [];
  let next = after;
  do {
    const page = await get("/v1/people", {search, after: next, limit: PAGE - people.length}, {signal});
    people.push(...page.people);
    next = page.next;
  } while (next && people.length < PAGE);
  return {people, next};
}

function card(person) {
  return h("li", null, h("a", {class: "card person-card", href: link(["person", person.label])},
    thumbnail(portrait(person), ""),
    h("span", {class: "texts"},
      h("span", {class: "name", dir: "auto"}, person.name),
      h("span", {class: "muted small"}, person.label),
      h("span", {class: person.photo_count ? "muted small" : "small none"},
        person.photo_count ? many(person.photo_count, "photo") : "no photo yet"))));
}
