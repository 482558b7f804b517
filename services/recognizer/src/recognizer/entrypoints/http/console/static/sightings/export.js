// The menu that saves the filtered list as a file.

import {all} from "../lib/api.js";
import {h, icon} from "../lib/dom.js";
import {many, number} from "../lib/format.js";
import {button, notice, save} from "../lib/ui.js";
import {names} from "./names.js";
import {attendanceTable, visitTable} from "./visits_csv.js";

const MOST = 50_000;

/**
 * "Export CSV" with its two tables.
 * @param {() => Object} query the list's current filters, as `/v1/visits` takes them.
 */
export function exportMenu(query, signal) {
  const choice = (title, hint, name, table) => h("li", null,
    button(title, {kind: "quiet", onclick: async () => {
      await exported(query(), name, table, signal);
      menu.open = false;
    }}), h("p", {class: "small muted"}, hint));
  const menu = h("details", {class: "menu"},
    h("summary", {class: "button"}, icon("download"), "Export CSV"),
    h("ul", {class: "card stack"},
      choice("Every visit", "One row per visit, as listed here.", "visits", visitTable),
      choice("Attendance", "One row per person and day: present from and to. A photograph held to the camera "
        + "is recognised too; do not let attendance depend on this alone.", "attendance", attendanceTable)));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  return menu;
}

async function exported(query, name, table, signal) {
  const [found, called] = await Promise.all([read(query, signal), names()]);
  save(new Blob([table(found, called)], {type: "text/csv;charset=utf-8"}), `${name}.csv`);
  if (found.length < MOST) notice(`${many(found.length, "visit")} saved as ${name}.csv.`);
  else notice(`${name}.csv holds only the newest ${number(MOST)} visits. Choose fewer days to export the rest.`, "bad");
}

/** Reads the visits until now; later ones are left out, so that the list does not change meanwhile. */
async function read(query, signal) {
  const still = {...query, until: query.until || new Date().toISOString()};
  const found = [];
  for await (const visit of all("/v1/visits", still, (page) => page.visits, {signal})) {
    if (found.push(visit) === MOST) break;
  }
  return found;
}
