// The window that adds a person.

import {part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {go} from "../lib/router.js";
import {busy, button, dialog, field, message} from "../lib/ui.js";
import {attributeRows} from "../person/attributes.js";
import {isTaken, nameAndLabel} from "./naming.js";

/** Asks for name, label and attributes; then opens the new person's page. */
export function addPerson({signal}) {
  const {name, label} = nameAndLabel();
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

async function create(label, record) {
  if (await isTaken(label)) throw new Error(`Somebody has the label ${label} already. Choose another one.`);
  await send("PUT", `/v1/people/${part(label)}`, record);
}
