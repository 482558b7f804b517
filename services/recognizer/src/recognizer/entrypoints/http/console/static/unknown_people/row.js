// One unknown person: faces, times, cameras and actions.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {ago, moment, similarity} from "../lib/format.js";
import {link} from "../lib/router.js";
import {badge, button, confirmed, message, notice, thumbnail} from "../lib/ui.js";
import {assignUnknownPerson} from "./assign.js";
import {crop} from "./crop.js";
import {nameUnknownPerson} from "./name.js";
import {tooPoor, visits} from "./words.js";

/**
 * A row of the list.
 * @param {object} unknownPerson as the recognizer returns it
 * @param {{gone: (row: HTMLElement) => void, signal: AbortSignal}} options
 */
export function unknownPersonRow(unknownPerson, {gone, signal}) {
  const poor = tooPoor(unknownPerson.best.quality);
  const row = h("li", {class: "card stack unknown-person", dataset: {unknownPerson: unknownPerson.id}},
    h("div", {class: "row"},
      h("h2", {tabindex: "-1"}, `Unknown person, seen ${ago(unknownPerson.last_seen)}`),
      badge(unknownPerson.decision, unknownPerson.decision)),
    facesOf(unknownPerson, signal),
    seen(unknownPerson), looksLike(unknownPerson.nearest), poor && message(poor, "warning"));
  const done = () => gone(row);
  const ignore = async () => {
    if (await wantsToIgnore()) {
      await send("POST", `/v1/unknown-people/${part(unknownPerson.id)}/ignore`);
      notice("This person is ignored from now on.");
      done();
    }
  };
  row.append(h("div", {class: "row"},
    !poor && button("Name this person…", {kind: "primary", onclick: () => nameUnknownPerson(unknownPerson, {done, signal})}),
    !poor && button("This is…", {onclick: () => assignUnknownPerson(unknownPerson, {done, signal})}),
    button("Ignore", {kind: "quiet", onclick: ignore})));
  return row;
}

function facesOf(unknownPerson, signal) {
  const list = h("ul", {class: "unknown-person-faces"}, unknownPerson.faces.map(faceLink));
  if (unknownPerson.faces.length === unknownPerson.count) return list;
  const place = h("div", {class: "stack"}, list);
  const all = async () => {
    const {faces} = await get(`/v1/unknown-people/${part(unknownPerson.id)}`, {}, {signal});
    replace(list, faces.map(faceLink));
    list.querySelector("a").focus();
    again.remove();
  };
  const again = button(`Show all ${unknownPerson.count}`, {kind: "quiet", onclick: all});
  place.append(h("div", {class: "row"}, again));
  return place;
}

function faceLink(face) {
  const where = `Seen by ${face.device}, ${moment(face.captured_at)}: play the video`;
  return h("li", null, h("a", {href: link(["playback", face.device], {at: face.captured_at}), "aria-label": where, title: where},
    thumbnail(crop(face), "", "thumbnail unknown-person-face")));
}

function seen(unknownPerson) {
  const times = unknownPerson.count === 1 || unknownPerson.first_seen === unknownPerson.last_seen
    ? moment(unknownPerson.last_seen)
    : `${moment(unknownPerson.first_seen)} to ${moment(unknownPerson.last_seen)}`;
  return h("p", null, `${visits(unknownPerson.count)} · ${times} · ${unknownPerson.devices.join(", ")}`);
}

function looksLike(nearest) {
  if (!nearest) return null;
  return h("p", null, "Looks like ",
    h("a", {href: link(["person", nearest.label]), dir: "auto"}, h("bdi", {class: "short"}, nearest.name)),
    h("span", {class: "muted"}, ` (similarity ${similarity(nearest.similarity)})`));
}

const wantsToIgnore = () => confirmed({
  title: "Ignore this person?",
  text: "The person is not shown here any more, and no pictures of this face are kept from now on. You can undo this under “Ignored”, below the list.",
  yes: "Ignore",
});
