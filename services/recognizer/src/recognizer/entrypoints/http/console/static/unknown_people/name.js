// The dialog that enrols an unknown person.

import {part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {many} from "../lib/format.js";
import {busy, button, dialog, field, message, notice, thumbnail} from "../lib/ui.js";
import {nameAndLabel} from "../people/naming.js";
import {attributeRows} from "../person/attributes.js";
import {crop} from "./crop.js";

/** Asks for name, label and attributes; `done` is called when the person is enrolled. */
export function nameUnknownPerson(unknownPerson, {done, signal}) {
  const {name, label} = nameAndLabel();
  const attributes = attributeRows({});
  const why = h("div", {"aria-live": "assertive"});
  const submit = button("Save", {kind: "primary", type: "submit"});
  const form = h("form", {class: "stack"},
    h("div", {class: "row"}, thumbnail(crop(unknownPerson.best), "", "thumbnail unknown-person-face"),
      h("p", {class: "grow muted"}, "The best pictures become photos of the person, and the visits get the name.")),
    field("Name", name),
    field("Label", label, "A short name without spaces, for addresses, files and lists."),
    attributes.element, why,
    h("div", {class: "actions"}, button("Cancel", {onclick: () => window_.close()}), submit));
  const window_ = dialog("Name this person", form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, async () => {
      replace(why);
      try {
        const body = {label: label.value, name: name.value, attributes: attributes.read()};
        const named = await send("POST", `/v1/unknown-people/${part(unknownPerson.id)}/name`, body);
        window_.close();
        showResult(name.value, named);
        done();
      } catch (error) {
        replace(why, message(error.message, "bad"));
      }
    });
  });
  signal.addEventListener("abort", () => window_.close());
}

/** Shows a notice with the result. */
export function showResult(name, named) {
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  notice(`${shown} is known now: ${many(named.photos.length, "photo")}, ${many(named.sightings, "sighting")}.`);
}
