// The menu that saves the filtered list as a file.

import {download} from "../lib/api.js";
import {h, icon} from "../lib/dom.js";
import {button, notice, save} from "../lib/ui.js";

/**
 * "Export CSV" with its two tables.
 * @param {() => Object} query the list's current filters, as `/v1/visits` takes them.
 */
export function exportMenu(query, signal) {
  const choice = (title, hint, name) => h("li", null,
    button(title, {kind: "quiet", onclick: async () => {
      await exported(query(), name, signal);
      menu.open = false;
    }}), h("p", {class: "small muted"}, hint));
  const menu = h("details", {class: "menu"},
    h("summary", {class: "button"}, icon("download"), "Export CSV"),
    h("ul", {class: "card stack"},
      choice("Every visit", "One row per visit, as listed here.", "visits.csv"),
      choice("Attendance", "One row per person and day: present from and to. A photograph held to the camera "
        + "is recognised too; do not let attendance depend on this alone.", "attendance.csv")));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  return menu;
}

async function exported(query, name, signal) {
  const {timeZone} = new Intl.DateTimeFormat().resolvedOptions();
  const {blob} = await download(`/v1/${name}`, {...query, time_zone: timeZone}, {signal});
  save(blob, name);
  notice(`Saved as ${name}.`);
}
