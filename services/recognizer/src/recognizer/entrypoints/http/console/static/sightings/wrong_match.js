// "Not this person": takes a wrong name from a visit.

import {part, send} from "../lib/api.js";
import {many} from "../lib/format.js";
import {button, confirmed, notice} from "../lib/ui.js";

/**
 * The button; nothing for a visit that names nobody.
 * @param {{label: string|null, best: {id: string}}} visit as `GET /v1/visits` tells of it
 * @param {{name?: string, then?: () => unknown}} [options] `then` is called when the name is gone.
 * @returns {HTMLElement|null}
 */
export function wrongMatchButton(visit, {name = visit.label, then} = {}) {
  if (visit.label === null) return null;
  const mend = async () => {
    if (!(await isSure(name))) return;
    const mended = await send("POST", `/v1/sightings/${part(visit.best.id)}/not-this-person`);
    const where = mended.crop_joined_unknown_people ? " The face is among the unknown people now." : "";
    notice(`The name is taken from ${many(mended.sightings, "sighting")}.${where}`);
    await then?.();
  };
  return button("Not this person", {kind: "quiet", onclick: mend});
}

const isSure = (name) => confirmed({
  title: "Not this person?",
  text: `The visit loses the name “${name.length > 60 ? `${name.slice(0, 60)}…` : name}” and is an unknown person's again. The person's photos stay as they are.`,
  yes: "Take the name away",
});
