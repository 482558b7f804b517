// Unknown people: one row for each person.

import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {empty, more} from "../lib/ui.js";
import {ignoredList} from "../unknown_people/ignored.js";
import {unknownPersonRow} from "../unknown_people/row.js";
import {keptFor} from "../unknown_people/words.js";

export const title = "Unknown people";
const PAGE = 24;

/** Draws the unknown people, most recently seen first, and the ignored people below. */
export async function render({main, signal}) {
  const list = h("ul", {class: "stack unknown-people"});
  const place = h("div", {class: "stack"});
  const kept = h("p", {class: "muted"});
  let after = null;
  const nobody = () => replace(place, empty("No unknown people",
    "Everybody whom the cameras saw in these days has a name or is ignored. New faces appear here by themselves."));

  /** Removes a row, and focuses the next one. */
  const gone = (row) => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (next) next.querySelector("h2").focus();
    else if (!after) { nobody(); heading.focus(); }
    ignored.refresh();
  };
  const load = async () => {
    const page = await get("/v1/unknown-people", {after, limit: PAGE}, {signal});
    if (signal.aborted) return false;
    replace(kept, keptFor(page.kept_days));
    list.append(...page.unknown_people.map((unknownPerson) => unknownPersonRow(unknownPerson, {gone, signal})));
    after = page.next;
    return Boolean(after);
  };
  const ignored = ignoredList({signal, shown: () => start()});
  const start = async () => {
    after = null;
    replace(list);
    const goesOn = await load();
    if (signal.aborted) return;
    if (list.childElementCount) replace(place, list, goesOn && more(load));
    else nobody();
  };
  const heading = h("h1", {tabindex: "-1"}, title);
  replace(main, heading, kept, place, ignored.element);
  await Promise.all([start(), ignored.refresh()]);
}
