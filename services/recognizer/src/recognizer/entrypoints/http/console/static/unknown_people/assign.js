// The dialog that assigns an unknown person to an enrolled person.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {afterTyping, busy, dialog, field, message, thumbnail} from "../lib/ui.js";
import {findPeople} from "../people/find.js";
import {portrait} from "../people/list.js";
import {showResult} from "./name.js";
import {crop} from "./crop.js";

const SHOWN = 8;

/** Searches the people, assigns the chosen one, and calls `done`. */
export function assignUnknownPerson(unknownPerson, {done, signal}) {
  const search = h("input", {type: "search", maxlength: 200, dir: "auto", autocomplete: "off"});
  const found = h("ul", {class: "stack tight"});
  const status = h("p", {class: "muted small", role: "status"});
  const why = h("div", {"aria-live": "assertive"});
  const window_ = dialog("Who is this?",
    h("div", {class: "row"}, thumbnail(crop(unknownPerson.best), "", "thumbnail unknown-person-face"),
      h("p", {class: "grow muted"}, "The best pictures become photos of the person, and the visits get the name.")),
    field("Search people", search), status, found, why);

  const choose = async (person) => {
    replace(why);
    try {
      const named = await send("POST", `/v1/unknown-people/${part(unknownPerson.id)}/assign`, {label: person.label});
      window_.close();
      showResult(person.name, named);
      done();
    } catch (error) {
      replace(why, message(error.message, "bad"));
    }
  };
  let searching = new AbortController();
  const show = async () => {
    searching.abort();
    searching = new AbortController();
    const mine = searching.signal;
    try {
      const people = await candidates(search.value.trim(), unknownPerson.nearest, mine);
      if (mine.aborted) return;
      replace(found, people.map((person) => choice(person, choose)));
      replace(status, people.length ? "" : "Nobody is found");
    } catch (error) {
      if (error.name !== "AbortError") replace(why, message(error.message, "bad"));
    }
  };
  search.addEventListener("input", afterTyping(show));
  window_.element.addEventListener("close", () => searching.abort());
  signal.addEventListener("abort", () => window_.close());
  show();
}

/** Some people; without a search, the most similar person comes first. */
async function candidates(text, nearest, signal) {
  if (text || !nearest) return (await findPeople(text, {limit: SHOWN, signal})).people;
  const first = await get(`/v1/people/${part(nearest.label)}`, {}, {signal});
  const {people} = await findPeople("", {limit: SHOWN - 1, without: nearest.label, signal});
  return [first, ...people];
}

function choice(person, choose) {
  const element = h("button", {type: "button", class: "who-choice"}, thumbnail(portrait(person), ""),
    h("span", {class: "texts"}, h("bdi", {class: "short"}, person.name), h("span", {class: "muted small"}, person.label)));
  element.addEventListener("click", () => busy(element, () => choose(person)));
  return h("li", null, element);
}
