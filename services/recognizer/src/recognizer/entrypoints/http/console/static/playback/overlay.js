// Boxes and names over a playing video.

import {h, replace} from "../lib/dom.js";
import {nobody} from "../sightings/decisions.js";
import {nameOf} from "../sightings/names.js";
import {parts, trajectoriesOf} from "./trajectories.js";

const SHOWN_MS = 1500;

/** An overlay of the video's size; boxes are fractions of its width and height. */
export class Overlay {
  constructor() {
    this.element = h("div", {class: "overlay", "aria-hidden": "true"});
    this.use({tracks: [], sightings: []});
  }

  /** Replaces the tracks and sightings by those of the segment that is played. */
  use({tracks, sightings}) {
    const {trajectories, rest} = trajectoriesOf(tracks, sightings);
    this.trajectories = trajectories;
    this.shown = spans(rest);
    this.faces = new Map();
    replace(this.element);
  }

  /** Draws the faces at a moment: tracked faces at their trajectory, other faces at their sighting. */
  show(moment) {
    const now = new Map();
    for (const trajectory of this.trajectories) {
      const at = trajectory.at(moment);
      if (at) this.#draw(now, `${trajectory.track} ${trajectory.points[0].at}`, at, trajectory.said(moment));
    }
    for (const {sighting, from, until} of this.shown) {
      if (from <= moment && moment < until) this.#draw(now, sighting.id, parts(sighting.box, sighting.image_width, sighting.image_height), sighting);
    }
    for (const [key, {element}] of this.faces) if (!now.has(key)) element.remove();
    this.faces = now;
  }

  /** Moves a face's box; it is made anew only when its decision changes. */
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

/** A face's box; it shows “…” before the first decision. */
function box(said) {
  if (!said) return h("div", {class: "face"}, h("span", {class: "label"}, "…"));
  const {decision, label} = said;
  return h("div", {class: `face ${decision}`}, h("span", {class: "label"}, label ? nameOf(label) : nobody(decision)));
}

function place(element, {x, y, width, height}) {
  for (const [name, value] of Object.entries({left: x, top: y, width, height})) element.style.setProperty(name, `${100 * value}%`);
}
