// Boxes and names over a video, as time passes.

import {h, replace} from "../lib/dom.js";
import {nobody} from "../sightings/decisions.js";
import {nameOf} from "../sightings/names.js";
import {parts, waysOf} from "./ways.js";

const SHOWN_MS = 1500;

/** Lies over a video of the same size; boxes are parts of its width and height. */
export class Overlay {
  constructor() {
    this.element = h("div", {class: "overlay", "aria-hidden": "true"});
    this.use({tracks: [], sightings: []});
  }

  /** Takes the tracks and sightings of what is played; those before are forgotten. */
  use({tracks, sightings}) {
    const {ways, rest} = waysOf(tracks, sightings);
    this.ways = ways;
    this.shown = spans(rest);
    this.faces = new Map();
    replace(this.element);
  }

  /** Draws what belongs to the moment: who is followed where they are then, others where they were asked about. */
  show(moment) {
    const now = new Map();
    for (const way of this.ways) {
      const at = way.at(moment);
      if (at) this.#draw(now, `${way.track} ${way.points[0].at}`, at, way.said(moment));
    }
    for (const {sighting, from, until} of this.shown) {
      if (from <= moment && moment < until) this.#draw(now, sighting.id, parts(sighting.box, sighting.image_width, sighting.image_height), sighting);
    }
    for (const [key, {element}] of this.faces) if (!now.has(key)) element.remove();
    this.faces = now;
  }

  /** Moves a face's box there; it is made anew only when something else is said of it. */
  #draw(now, key, at, said) {
    let face = this.faces.get(key);
    if (!face || face.said !== said) {
      const element = box(said);
      if (face) face.element.replaceWith(element);
      else this.element.append(element);
      face = {said, element};
    }
    place(face.element, at);
    now.set(key, face);
  }
}

/** Each sighting from its moment until the next of its track, or for a second and a half. */
export function spans(sightings) {
  const moments = Map.groupBy(sightings.map((one) => ({track: one.track, at: Date.parse(one.captured_at)})), ({track}) => track);
  return sightings.filter((one) => one.image_width && one.image_height).map((sighting) => {
    const from = Date.parse(sighting.captured_at);
    const later = moments.get(sighting.track).map(({at}) => at).filter((at) => at > from);
    return {sighting, from, until: Math.min(from + SHOWN_MS, ...later)};
  });
}

/** Before the first answer nothing is said of a face. */
function box(said) {
  if (!said) return h("div", {class: "face"}, h("span", {class: "label"}, "…"));
  const {decision, label} = said;
  return h("div", {class: `face ${decision}`}, h("span", {class: "label"}, label ? nameOf(label) : nobody(decision)));
}

function place(element, {x, y, width, height}) {
  for (const [name, value] of Object.entries({left: x, top: y, width, height})) element.style.setProperty(name, `${100 * value}%`);
}
