// Who was seen, when and where: visits, newest first.

import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {button, empty, more, showError} from "../lib/ui.js";
import {exportMenu} from "../sightings/export.js";
import {asQuery, chosenIn, filters, isChosen} from "../sightings/filters.js";
import {DayList} from "../sightings/rows.js";

export const title = "Sightings";

const PAGE = 50;

/** Draws the filters, which are kept in the address, and the list below them. */
export async function render({main, query, signal}) {
  const chosen = chosenIn(query);
  const place = h("div", {class: "stack", "aria-live": "polite", "aria-relevant": "additions"});
  let reading = null;
  const list = async () => {
    reading?.abort();
    reading = new AbortController();
    const clear = isChosen(chosen) ? () => choice.clear() : null;
    await draw(place, asQuery(chosen), clear, AbortSignal.any([signal, reading.signal]));
  };
  const choice = filters(chosen, () => list().catch(showError), signal);
  replace(main,
    h("div", {class: "row"}, h("h1", {class: "grow"}, title), exportMenu(() => asQuery(chosen), signal)),
    choice.element, place);
  await list();
}

async function draw(place, query, clear, signal) {
  const days = new DayList();
  let after = null;
  const load = async () => {
    // A page may be empty and not be the last: matching visits may follow.
    let found;
    do {
      const page = await get("/v1/visits", {...query, limit: PAGE, after}, {signal});
      [found, after] = [page.visits, page.next];
    } while (!found.length && after);
    days.add(found);
    return after !== null;
  };
  const rest = await load();
  if (signal.aborted) return;
  replace(place, days.rows ? days.element : none(clear), rest && more(load));
}

function none(clear) {
  if (!clear) return empty("Nobody was seen yet", "Everybody whom a camera sees appears here, known or unknown.");
  const again = button("Show everything", {onclick: clear});
  return empty("Nobody was seen like this", "No visit matches these filters. Try other days or another person.", again);
}
