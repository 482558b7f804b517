// Editors of an attribute's value: text, number, yes or no, a list of those, or nothing.

import {h, icon, replace} from "../lib/dom.js";
import {button} from "../lib/ui.js";

const KINDS = {text: "Text", number: "Number", truth: "Yes or no", list: "List", nothing: "Nothing"};
const BLANK = {text: "", number: 0, truth: true, list: [], nothing: null};

/** The kind of a value. */
export function kindOf(value) {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "list";
  return {string: "text", number: "number", boolean: "truth"}[typeof value];
}

/**
 * An editor of one value; `read()` gives the value, or throws an error that says what is wrong.
 * @param {unknown} value
 * @param {{name: () => string, within?: boolean}} options `name` is the accessible name
 *   of the editor; a list contains no lists.
 */
export function valueEditor(value, {name, within = false}) {
  let kind = kindOf(value);
  let editor = EDITORS[kind](value, name);
  const place = h("div", {class: "value"}, editor.element);
  const kinds = Object.entries(KINDS).filter(([one]) => !(within && one === "list"));
  const select = h("select", {class: "kind"},
    kinds.map(([one, text]) => h("option", {value: one, selected: one === kind}, text)));
  describe(select, () => `Kind of ${name()}`);
  select.addEventListener("change", () => {
    const before = editor;
    kind = select.value;
    editor = EDITORS[kind](converted(before, kind), name);
    replace(place, editor.element);
  });
  return {parts: [select, place], read: () => editor.read()};
}

/** Sets a field's accessible name, and updates it when its attribute is renamed. */
export function describe(element, text) {
  const update = () => element.setAttribute("aria-label", text());
  update();
  element.addEventListener("renamed", update);
}

/** Notifies every field within that something was renamed. */
export function renamed(within) {
  within.querySelectorAll("[aria-label]").forEach((one) => one.dispatchEvent(new Event("renamed")));
}

/** The previous value as another kind, or that kind's blank value. */
function converted(before, kind) {
  let value = null;
  try {
    value = before.read();
  } catch {
    return BLANK[kind]; // an invalid value can't be converted
  }
  if (kind === "list") return value === null ? [] : [value].flat();
  if (kind === "text" && value !== null && !Array.isArray(value)) return String(value);
  if (kind === "number" && value !== "" && Number.isFinite(Number(value))) return Number(value);
  return BLANK[kind];
}

const EDITORS = {text: textEditor, number: numberEditor, truth: truthEditor, list: listEditor, nothing: nothingEditor};

function textEditor(value, name) {
  const input = h("textarea", {rows: 1, dir: "auto", value});
  describe(input, name);
  const shown = input.value; // the browser normalizes line ends
  return {element: input, read: () => (input.value === shown ? value : input.value)};
}

function numberEditor(value, name) {
  const input = h("input", {inputmode: "decimal", value: String(value), autocomplete: "off"});
  describe(input, name);
  const read = () => {
    const text = input.value.trim().replace(",", ".");
    if (text === "" || !Number.isFinite(Number(text))) throw new Error(`${name()}: “${input.value}” is not a number.`);
    return Number(text);
  };
  return {element: input, read};
}

function truthEditor(value, name) {
  const select = h("select", null,
    h("option", {value: "yes", selected: value}, "Yes"), h("option", {value: "", selected: !value}, "No"));
  describe(select, name);
  return {element: select, read: () => select.value === "yes"};
}

function nothingEditor() {
  return {element: h("span", {class: "muted"}, "no value"), read: () => null};
}

function listEditor(values, name) {
  const there = []; // in their order
  const entries = h("ol", {class: "entries"});
  const add = (value) => {
    const entry = {};
    there.push(entry);
    const numbered = () => `${name()}, entry ${there.indexOf(entry) + 1}`;
    const editor = valueEditor(value, {name: numbered, within: true});
    entry.read = editor.read;
    const remove = h("button", {type: "button", class: "quiet", onclick: () => leave()}, icon("close"));
    describe(remove, () => `Remove ${numbered()}`);
    const row = h("li", {class: "entry"}, editor.parts, remove);
    const leave = () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      there.splice(there.indexOf(entry), 1);
      row.remove();
      renamed(entries);
      (next?.querySelector("button") ?? more).focus();
      entries.dispatchEvent(new Event("input", {bubbles: true}));
    };
    entries.append(row);
    return row;
  };
  const more = button("Add an entry", {kind: "quiet", icon: "plus", onclick: () => {
    add("").querySelector("textarea").focus();
    entries.dispatchEvent(new Event("input", {bubbles: true}));
  }});
  values.forEach(add);
  return {element: h("div", null, entries, more), read: () => there.map((entry) => entry.read())};
}
