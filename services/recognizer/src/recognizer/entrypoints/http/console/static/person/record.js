// A person's record as a form: the name and the attributes.

import {part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {busy, button, field, message, notice} from "../lib/ui.js";
import {guardUnsaved} from "../lib/unsaved.js";
import {attributeRows} from "./attributes.js";

/**
 * The form.
 * @param {object} person as it is
 * @param {{signal: AbortSignal, saved: (person: object) => void}} options `saved` is called with each saved record.
 */
export function recordForm(person, {signal, saved}) {
  let kept = person;
  let form = null;
  const section = h("section", {class: "card stack", "aria-labelledby": "record"});
  const draw = () => {
    form = drawn(kept, {
      undo: () => { draw(); form.first.focus(); },
      keep: async (record) => {
        kept = await send("PUT", `/v1/people/${part(person.label)}`, record);
        saved(kept);
      },
    });
    replace(section, h("h2", {id: "record"}, "Record"), form.element);
  };
  draw();
  guardUnsaved(() => section.isConnected && form.isChanged(), signal);
  return section;
}

function drawn(person, {undo, keep}) {
  const name = h("input", {value: person.name, required: true, maxlength: 200, dir: "auto", autocomplete: "off"});
  const label = h("input", {value: person.label, readonly: true});
  const attributes = attributeRows(person.attributes);
  const why = h("div", {"aria-live": "assertive"});
  const state = h("span", {class: "small muted", role: "status"});
  const save = button("Save", {kind: "primary", type: "submit"});
  const back = button("Undo changes", {kind: "quiet", onclick: undo});
  const read = () => ({name: name.value, attributes: attributes.read()});
  let before = JSON.stringify(read());
  const isChanged = () => {
    try {
      return JSON.stringify(read()) !== before;
    } catch {
      return true; // it was valid before
    }
  };
  const look = () => {
    back.hidden = !isChanged();
    replace(state, back.hidden ? null : "Not saved yet");
  };
  const element = h("form", {class: "stack"},
    h("div", {class: "record-head"}, field("Name", name), field("Label", label, "It is changed below, under Data.")),
    attributes.element, why, h("div", {class: "row"}, save, back, state));
  look();
  for (const happening of ["input", "change"]) element.addEventListener(happening, look);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(save, async () => {
      replace(why);
      try {
        const sent = read();
        await keep(sent);
        before = JSON.stringify(sent); // text typed meanwhile is a change
        notice("Saved");
      } catch (error) {
        replace(why, message(error.message, "bad"));
      }
      look();
    });
  });
  return {element, isChanged, first: name};
}
