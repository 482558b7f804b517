// "Not this person": removes a wrong name from a visit.

import {part, send} from "../lib/api.js";
import {many} from "../lib/format.js";
import {button, confirmed, notice} from "../lib/ui.js";
import {names} from "./names.js";

/**
 * The button; null for a visit without a name.
 * @param {{label: string|null, best: {id: string}}} visit as `GET /v1/visits` returns it
 * @param {{then?: () => unknown}} [options] `then` is called when the name is removed.
 * @returns {HTMLElement|null}
 */
export function wrongMatchButton(visit, {then} = {}) {
  if (visit.label === null) return null;
  const correct = async () => {
    const name = (await names()).get(visit.label) ?? visit.label;
    if (!(await isSure(name))) return;
    const corrected = await send("POST", `/v1/sightings/${part(visit.best.id)}/not-this-person`);
    const where = corrected.crop_joined_unknown_people ? " The face is now on the page “Unknown people”." : "";
    notice(`The name was removed from ${many(corrected.sightings, "sighting")}.${where}`);
    await then?.();
  };
  return button("Not this person", {kind: "quiet", onclick: correct});
}

const isSure = (name) => confirmed({
  title: "Not this person?",
  text: `The visit loses the name “${name.length > 60 ? `${name.slice(0, 60)}…` : name}” and shows an unknown person again. The person's photos stay.`,
  yes: "Remove the name",
});
