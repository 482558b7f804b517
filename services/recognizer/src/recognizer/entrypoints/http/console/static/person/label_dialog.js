// Another label for the same person.

import {h, replace} from "../lib/dom.js";
import {apart} from "../lib/format.js";
import {button, busy, dialog, field, message} from "../lib/ui.js";
import {isTaken, labelInput} from "../people/naming.js";
import {merge, showReceipt} from "./merge.js";

/** Opens a dialog that asks for the new label. */
export function askForLabel(person) {
  const input = labelInput(person.label);
  const why = h("div", {"aria-live": "assertive"});
  const submit = button("Change the label", {kind: "primary", type: "submit"});
  const form = h("form", {class: "stack"},
    h("p", null, h("strong", {dir: "auto"}, person.name), " keeps everything: record, photos and sightings. Links to the old label no longer work."),
    field("New label", input, "Letters without accents, digits, dots, - and _. It begins with a letter or a digit."),
    why,
    h("div", {class: "actions"}, button("Cancel", {onclick: () => shown.close()}), submit));
  const shown = dialog("Change the label", form);
  const change = async () => {
    const label = input.value;
    replace(why);
    if (label === person.label) return replace(why, message("This already is the label.", "warning"));
    if (await isTaken(label)) { // that would be a merge, which has its own dialog
      return replace(why, message(`${label} is another person's label. To merge the two, use “Merge with another person”.`, "bad"));
    }
    const receipt = await merge(person.label, label);
    shown.close();
    return showReceipt(`${apart(person.name)} now has the label ${label}`, receipt);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); busy(submit, change); });
  input.focus();
  input.select();
}
