// Trajectories of the faces in a camera's video, with the sightings that name them.

import {all} from "../lib/api.js";
import {iso} from "./recordings.js";

const SLACK_MS = 1500;
/** How long a decision is still shown after its sighting. */
const REMEMBERED_MS = 2 * 60 * 60_000;
/** Minimum overlap (IoU) of a sighting's box with a trajectory's at that moment, for one face. */
const SAME_FACE = 0.3;
const STRENGTH = ["match", "uncertain", "unknown"];

/** The tracks that overlap a segment, and the sightings that name them. */
export async function seenIn({start, end}, device, signal) {
  const tracks = [];
  const reach = {device, since: iso(start), until: iso(end), limit: 100};
  for await (const one of all("/v1/tracks", reach, (page) => page.tracks, {signal})) tracks.push(one);
  const begun = Math.min(start - SLACK_MS, ...tracks.map((one) => Date.parse(one.started_at)));
  const since = Math.max(begun, start - REMEMBERED_MS);
  const sightings = [];
  const asked = {device, since: iso(since), until: iso(end + SLACK_MS)};
  for await (const one of all("/v1/sightings", asked, (page) => page.sightings, {signal})) sightings.push(one);
  return {tracks, sightings};
}

/** The earliest start of the tracks at the moment; the moment itself if there is none. */
export async function cameBefore(moment, device, signal) {
  let first = moment;
  const there = {device, since: iso(moment), until: iso(moment + 1), limit: 100};
  for await (const one of all("/v1/tracks", there, (page) => page.tracks, {signal})) first = Math.min(first, Date.parse(one.started_at));
  return Math.max(first, moment - REMEMBERED_MS);
}

/** The trajectories of these tracks, each with its sightings; and the sightings that belong to none. */
export function trajectoriesOf(tracks, sightings) {
  const trajectories = tracks.map((track) => new Trajectory(track));
  const largest = largestOf(sightings);
  const rest = sightings.filter((sighting) => {
    const trajectory = trajectories.find((one) => one.track === sighting.track && largest.has(sighting) && one.at(Date.parse(sighting.captured_at)))
      ?? nearest(trajectories, sighting);
    trajectory?.sightings.push(sighting);
    return !trajectory;
  });
  return {trajectories, rest};
}

/** One face's trajectory; boxes are fractions of the picture's width and height. */
class Trajectory {
  constructor({track, started_at, frame_width, frame_height, boxes}) {
    const start = Date.parse(started_at);
    this.track = track;
    this.sightings = [];
    this.points = boxes.map((box) => ({at: start + box.offset_ms, ...parts(box, frame_width, frame_height)}));
  }

  /** The face's box at the moment, linearly interpolated; null before and after. */
  at(moment) {
    const {points} = this;
    const before = points.findLast(({at}) => at <= moment);
    const after = points.find(({at}) => at >= moment);
    if (!before || !after) return this.#beside(moment, before ?? after);
    const share = after.at > before.at ? (moment - before.at) / (after.at - before.at) : 0;
    const between = (side) => before[side] + (after[side] - before[side]) * share;
    return {x: between("x"), y: between("y"), width: between("width"), height: between("height")};
  }

  /** The decision until then: the newest match, else uncertain, else unknown. */
  said(moment) {
    const until = this.sightings.filter((one) => Date.parse(one.captured_at) <= moment);
    const strength = (one) => STRENGTH.indexOf(one.decision);
    return until.sort((one, other) => strength(one) - strength(other) || Date.parse(other.captured_at) - Date.parse(one.captured_at))[0] ?? null;
  }

  /** Tolerates rounded frame times. */
  #beside(moment, point) { return Math.abs(point.at - moment) <= 50 ? point : null; }
}

/** The largest face of each request: a request may name one track for all its faces. */
function largestOf(sightings) {
  const pictures = Map.groupBy(sightings, ({track, captured_at}) => `${captured_at} ${track}`);
  const area = ({box}) => box.width * box.height;
  return new Set([...pictures.values()].map((faces) => faces.reduce((one, other) => (area(other) > area(one) ? other : one))));
}

function nearest(trajectories, {captured_at, box, image_width, image_height}) {
  if (!image_width || !image_height) return null;
  const there = parts(box, image_width, image_height);
  const shared = (trajectory) => overlap(there, trajectory.at(Date.parse(captured_at)));
  const [best] = trajectories.map((trajectory) => ({trajectory, shared: shared(trajectory)})).sort((one, other) => other.shared - one.shared);
  return best && best.shared >= SAME_FACE ? best.trajectory : null;
}

/** A box in pixels as fractions of its picture. */
export function parts({x, y, width, height}, whole_width, whole_height) {
  return {x: x / whole_width, y: y / whole_height, width: width / whole_width, height: height / whole_height};
}

/** Intersection over union; 0 if one is missing. */
function overlap(one, other) {
  if (!other) return 0;
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (one.width * one.height + other.width * other.height - width * height);
}
