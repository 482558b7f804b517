// The filters above the list; the address keeps them.

import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {dayStart} from "../lib/format.js";
import {setQuery} from "../lib/router.js";
import {afterTyping, button, field, showError} from "../lib/ui.js";
import {DECISIONS} from "./decisions.js";
import {names} from "./names.js";
import {personInput} from "./person_input.js";

const NAMES = ["label", "device", "decision", "from", "to"];
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The filters in the address: label, device, decision, and the days from and to. */
export function chosenIn(query) {
  const chosen = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
  for (const day of ["from", "to"]) if (!DAY.test(chosen[day])) chosen[day] = "";
  return chosen;
}

/** The filters as `/v1/visits` takes them; both days are included, in this browser's time zone. */
export function asQuery({label, device, decision, from, to}) {
  return {label, device, decision, since: from && dayStart(from), until: to && dayStart(to, 1)};
}

/**
 * The row of filters, and `clear`.
 * @param {Object<string, string>} chosen of `chosenIn`; it is changed in place.
 * @param {() => void} changed is called after each change.
 */
export function filters(chosen, changed, signal) {
  const choose = (name, value) => {
    if (chosen[name] === value) return;
    chosen[name] = value;
    setQuery(chosen);
    changed();
  };
  const person = personInput(chosen.label, (label) => choose("label", label), names);
  const device = select([["", "All cameras"]], chosen.device, (value) => choose("device", value));
  const decision = select([["", "Everybody"], ...DECISIONS], chosen.decision, (value) => choose("decision", value));
  const days = ["from", "to"].map((name) => dayInput(chosen[name], (value) => choose(name, value)));
  offerDevices(device, chosen.device, signal);
  const clear = () => {
    for (const name of NAMES) chosen[name] = "";
    for (const input of [person.input, device, decision, ...days]) input.value = "";
    person.input.setCustomValidity("");
    setQuery(chosen);
    changed();
  };
  const element = h("form", {class: "toolbar filters", role: "search", "aria-label": "Which sightings", onsubmit: (event) => event.preventDefault()},
    field("Person", person.input), person.offers, field("Camera", device), field("Who", decision),
    field("From", days[0]), field("To", days[1]),
    button("Clear", {kind: "quiet", label: "Clear the filters", onclick: clear}));
  return {element, clear};
}

/** Whether any filter is set. */
export const isChosen = (chosen) => Object.values(chosen).some(Boolean);

function select(options, value, changed) {
  const element = h("select", {onchange: () => changed(element.value)},
    options.map(([key, text]) => h("option", {value: key}, text)));
  element.value = value;
  return element;
}

function dayInput(value, changed) {
  // A date typed by keys passes through years such as 0002.
  const later = afterTyping(() => { if (input.value === "" || input.value > "1970") changed(input.value); });
  const input = h("input", {type: "date", value, min: "1970-01-01", max: "2999-12-31", oninput: later});
  return input;
}

/** Offers the cameras, and a chosen one that was revoked: its sightings may remain. */
function offerDevices(element, value, signal) {
  const offer = (found) => {
    const listed = value && !found.includes(value) ? [value, ...found] : found;
    replace(element, h("option", {value: ""}, "All cameras"), listed.map((name) => h("option", {value: name}, name)));
    element.value = value;
  };
  offer([]);
  get("/v1/devices", {}, {signal}).then(({devices}) => {
    value = element.value;
    offer(devices.map((device) => device.name));
  }, showError);
}
