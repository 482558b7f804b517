// The window that adds a person.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {go} from "../lib/router.js";
import {busy, button, dialog, field, message} from "../lib/ui.js";
import {attributeRows} from "../person/attributes.js";
import {PATTERN, suggested} from "./label.js";

/** Asks for name, label and attributes; then opens the new person's page. */
export function addPerson({signal}) {
  const name = h("input", {required: true, maxlength: 200, autocomplete: "off", dir: "auto"});
  const label = h("input", {
    required: true, maxlength: 64, pattern: PATTERN, autocomplete: "off", autocapitalize: "none", spellcheck: "false",
    title: "Letters of the English alphabet, digits, dots, dashes and underscores.",
  });
  suggestFrom(name, label);
  const attributes = attributeRows({});
  const why = h("div", {"aria-live": "assertive"});
  const submit = button("Add", {kind: "primary", type: "submit"});
  const form = h("form", {class: "stack"},
    field("Name", name),
    field("Label", label, "A short name without spaces, for addresses, files and lists."),
    attributes.element, why,
    h("div", {class: "actions"}, button("Cancel", {onclick: () => window_.close()}), submit));
  const window_ = dialog("Add a person", form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, async () => {
      replace(why);
      try {
        await create(label.value, {name: name.value, attributes: attributes.read()});
      } catch (error) {
        replace(why, message(error.message, "bad"));
        return;
      }
      window_.close();
      go(["person", label.value]);
    });
  });
  signal.addEventListener("abort", () => window_.close());
}

function suggestFrom(name, label) {
  let ours = true;
  label.addEventListener("input", () => { ours = label.value === ""; });
  name.addEventListener("input", () => { if (ours) label.value = suggested(name.value); });
}

async function create(label, record) {
  if (await exists(label)) throw new Error(`Somebody has the label ${label} already. Choose another one.`);
  await send("PUT", `/v1/people/${part(label)}`, record);
}

async function exists(label) {
  try {
    await get(`/v1/people/${part(label)}`);
    return true;
  } catch (error) {
    if (error.code === "person_not_found") return false;
    throw error;
  }
}
