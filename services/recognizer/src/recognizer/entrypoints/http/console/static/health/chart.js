// Recognitions a day: a bar chart, and the same numbers as a table for screen readers.

import {h, svg} from "../lib/dom.js";
import {many, number} from "../lib/format.js";

const HEIGHT = 100;
const utcDay = new Intl.DateTimeFormat([], {timeZone: "UTC", dateStyle: "medium"});

/** A day in UTC, given as YYYY-MM-DD. */
export const dayName = (text) => utcDay.format(new Date(`${text}T00:00:00Z`));

/** A chart of the days' recognitions, with the same numbers in a collapsed table. */
export function dayChart(days) {
  const most = Math.max(...days.map((day) => day.recognitions));
  const sum = days.reduce((all, day) => all + day.recognitions, 0);
  if (!sum) return h("p", {class: "muted"}, "Nothing was recognised in this period.");
  const said = `${many(sum, "recognition")} on ${many(days.length, "day")}; at most ${number(most)} on one day.`;
  return h("figure", {class: "stack"},
    h("figcaption", null, said),
    h("div", {class: "chart"}, h("span", {class: "muted small"}, number(most)), bars(days, most),
      h("div", {class: "row between muted small"}, h("span", null, dayName(days[0].day)), h("span", null, dayName(days.at(-1).day)))),
    h("details", null, h("summary", null, "The same as a table"), table(days)));
}

function bars(days, most) {
  const drawn = days.map((day, place) => {
    const height = (day.recognitions / most) * HEIGHT;
    const bar = {x: place + 0.1, y: HEIGHT - height, width: 0.8, height, class: "bar"};
    return svg("rect", bar, svg("title", {}, `${dayName(day.day)}: ${number(day.recognitions)}`));
  });
  const box = {viewBox: `0 0 ${days.length} ${HEIGHT}`, preserveAspectRatio: "none", class: "bars", "aria-hidden": "true"};
  return svg("svg", box, ...drawn);
}

function table(days) {
  const head = ["Day", "Recognitions", "Recognised", "Uncertain", "Unknown", "Too poor"];
  const rows = days.toReversed().filter((day) => day.recognitions).map(({day, recognitions, faces}) =>
    h("tr", null, h("th", {scope: "row"}, dayName(day)),
      [recognitions, faces.match, faces.uncertain, faces.unknown, faces.refused].map((count) => h("td", {class: "number"}, number(count)))));
  return h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Recognitions a day"},
    h("table", {class: "table figures"},
      h("thead", null, h("tr", null, head.map((text, place) => h("th", {scope: "col", class: place ? "number" : null}, text)))),
      h("tbody", null, rows)),
    h("p", {class: "muted small"}, "Days are in UTC. Days without recognitions are left out."));
}
