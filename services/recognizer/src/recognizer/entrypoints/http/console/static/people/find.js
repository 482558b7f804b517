// The first people that a search finds.

import {get} from "../lib/api.js";

/**
 * Finds people. It reads on after an empty page, which need not be the last.
 * @param {string} text empty finds everybody.
 * @param {{limit: number, without?: string, signal?: AbortSignal}} options `without` is a label.
 * @returns {Promise<{people: object[], all: boolean}>} `all`: there are no more.
 */
export async function findPeople(text, {limit, without, signal}) {
  const found = [];
  let after = null;
  do {
    const page = await get("/v1/people", {search: text, after, limit: limit + 1}, {signal});
    found.push(...page.people.filter((person) => person.label !== without));
    after = page.next;
  } while (after && found.length < limit);
  return {people: found.slice(0, limit), all: !after && found.length <= limit};
}
