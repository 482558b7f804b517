// A person's attributes as rows: name, kind, value. Rows that nobody edits stay unchanged.

import {h, icon} from "../lib/dom.js";
import {button} from "../lib/ui.js";
import {describe, renamed, valueEditor} from "./values.js";

/**
 * The rows; `read()` gives the attributes, or throws an error that says what is wrong.
 * @param {Object<string, unknown>} attributes
 * @returns {{element: HTMLElement, read: () => Object<string, unknown>}}
 */
export function attributeRows(attributes) {
  const rows = [];
  const list = h("ul", {class: "attributes stack"});
  const add = (name, value) => {
    const row = attributeRow(name, value, () => {
      const at = rows.indexOf(row);
      rows.splice(at, 1);
      row.element.remove();
      (rows[at] ?? rows[at - 1])?.focus() ?? more.focus();
      list.dispatchEvent(new Event("input", {bubbles: true}));
    });
    rows.push(row);
    list.append(row.element);
    return row;
  };
  const more = button("Add an attribute", {icon: "plus", onclick: () => {
    add("", "").focus();
    list.dispatchEvent(new Event("input", {bubbles: true}));
  }});
  Object.entries(attributes).forEach(([name, value]) => add(name, value));
  const element = h("fieldset", {class: "stack"},
    h("legend", null, h("strong", null, "Attributes"), " ",
      h("span", {class: "muted small"}, "– such as class, year or allergies. They are shown beside a recognised face.")),
    list, h("div", {class: "row"}, more));
  return {element, read: () => collected(rows)};
}

function attributeRow(name, value, remove) {
  const input = h("input", {value: name, maxlength: 64, dir: "auto", autocomplete: "off", placeholder: "Name", "aria-label": "Attribute's name"});
  const shown = input.value; // the browser removes line ends
  const called = () => input.value || "attribute without a name";
  const editor = valueEditor(value, {name: called});
  const away = h("button", {type: "button", class: "quiet remove", onclick: remove}, icon("close"));
  describe(away, () => `Remove ${called()}`);
  const readName = () => (input.value === shown ? name : input.value.trim());
  const element = h("li", {class: "attribute"}, input, editor.parts, away);
  input.addEventListener("input", () => renamed(element));
  return {
    element,
    read: () => [readName(), editor.read()],
    focus: () => { input.focus(); return true; },
  };
}

function collected(rows) {
  const found = rows.map((row) => row.read()).filter(([name, value]) => name !== "" || value !== "");
  const names = found.map(([name]) => name);
  if (names.includes("")) throw new Error("An attribute has a value but no name. Give it a name, or remove it.");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`Two attributes are called “${twice}”. Give each a name of its own.`);
  return Object.fromEntries(found);
}
