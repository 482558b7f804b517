// Visits as rows of a spreadsheet: one row per visit, or one per person and day.
// The command `recognizer sightings export` makes the same tables (`cli/visits_csv.py`).

import {localDay} from "../lib/format.js";

const VISIT_COLUMNS = ["day", "first seen", "last seen", "name", "label", "device", "decision", "similarity", "count"];
const ATTENDANCE_COLUMNS = ["day", "name", "label", "present from", "present to", "visits"];
const MARK = "\ufeff"; // without it Excel does not detect UTF-8
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** One row per visit, in their order; `names` are by label. */
export function visitTable(visits, names) {
  return table(VISIT_COLUMNS, visits.map((visit) => [
    localDay(visit.first_seen), time(visit.first_seen), time(visit.last_seen),
    text(names.get(visit.label) ?? ""), text(visit.label ?? ""), text(visit.device),
    visit.decision, visit.similarity === null ? "" : visit.similarity.toFixed(2), String(visit.count),
  ]));
}

/** One row per person and day: present from and to. A visit counts for the day on which it began. */
export function attendanceTable(visits, names) {
  const present = new Map();
  for (const visit of visits) {
    if (visit.label === null) continue;
    const key = [localDay(visit.first_seen), names.get(visit.label) ?? "", visit.label];
    const there = present.get(key.join("\n")) ?? {key, from: visit.first_seen, to: visit.last_seen, visits: 0};
    there.from = earlier(there.from, visit.first_seen);
    there.to = earlier(there.to, visit.last_seen) === there.to ? visit.last_seen : there.to;
    there.visits += 1;
    present.set(key.join("\n"), there);
  }
  const sorted = [...present.values()].sort((one, other) => compared(one.key, other.key));
  return table(ATTENDANCE_COLUMNS, sorted.map(({key: [day, name, label], from, to, visits: count}) =>
    [day, text(name), text(label), time(from), time(to), String(count)]));
}

function table(columns, rows) {
  return MARK + [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Quotes text that a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const text = (value) => (FORMULA.test(value) ? `'${value}` : value);

const cell = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const earlier = (one, other) => (new Date(one) <= new Date(other) ? one : other);

function time(iso) {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((value) => String(value).padStart(2, "0")).join(":");
}

function compared(one, other) {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : one[at] < other[at] ? -1 : 1;
}
