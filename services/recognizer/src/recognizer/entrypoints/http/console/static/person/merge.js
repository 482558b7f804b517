// The request that merges two people, and its receipt.

import {part, send} from "../lib/api.js";
import {h} from "../lib/dom.js";
import {many} from "../lib/format.js";
import {go} from "../lib/router.js";
import {button, dialog} from "../lib/ui.js";

/** Moves everything of `label` to `into`. */
export const merge = (label, into) => send("POST", `/v1/people/${part(label)}/merge`, {into});

/** Shows what was moved. Closing it opens the person who has it all now. */
export function showReceipt(title, receipt) {
  const shown = dialog(title,
    h("ul", {class: "facts"}, facts(receipt).map((fact) => h("li", null, fact))),
    h("div", {class: "actions"}, button("Go to this person", {kind: "primary", onclick: () => shown.close()})));
  shown.element.addEventListener("close", () => go(["person", receipt.into]));
}

function facts({label, photos, same_photos: same, sightings, attributes, created}) {
  return [
    `${many(photos, "photo")} moved`,
    same && `${many(same, "photo")} ${same === 1 ? "was" : "were"} there twice; one copy is kept`,
    `${many(sightings, "sighting")} moved`,
    !created && `${many(attributes, "attribute")} added to the record`,
    `Nobody has the label ${label} any more`,
  ].filter(Boolean);
}
