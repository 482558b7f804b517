// One stranger: the faces, when and where, and what can be done.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {ago, moment, similarity} from "../lib/format.js";
import {link} from "../lib/router.js";
import {badge, button, confirmed, message, notice, thumbnail} from "../lib/ui.js";
import {assignStranger} from "./assign.js";
import {crop} from "./crop.js";
import {nameStranger} from "./name.js";
import {tooPoor, visits} from "./words.js";

/**
 * A row of the list.
 * @param {object} stranger as the recognizer tells of it
 * @param {{gone: (row: HTMLElement) => void, signal: AbortSignal}} options
 */
export function strangerRow(stranger, {gone, signal}) {
  const poor = tooPoor(stranger.best.quality);
  const row = h("li", {class: "card stack stranger", dataset: {stranger: stranger.id}},
    h("div", {class: "row"},
      h("h2", {tabindex: "-1"}, `Stranger, seen ${ago(stranger.last_seen)}`),
      badge(stranger.decision, stranger.decision)),
    facesOf(stranger, signal),
    seen(stranger), looksLike(stranger.nearest), poor && message(poor, "warning"));
  const done = () => gone(row);
  const ignore = async () => {
    if (await wantsToIgnore()) {
      await send("POST", `/v1/strangers/${part(stranger.id)}/ignore`);
      notice("This person is ignored from now on.");
      done();
    }
  };
  row.append(h("div", {class: "row"},
    !poor && button("Name this person…", {kind: "primary", onclick: () => nameStranger(stranger, {done, signal})}),
    !poor && button("This is…", {onclick: () => assignStranger(stranger, {done, signal})}),
    button("Ignore", {kind: "quiet", onclick: ignore})));
  return row;
}

function facesOf(stranger, signal) {
  const list = h("ul", {class: "stranger-faces"}, stranger.faces.map(faceLink));
  if (stranger.faces.length === stranger.count) return list;
  const place = h("div", {class: "stack"}, list);
  const all = async () => {
    const {faces} = await get(`/v1/strangers/${part(stranger.id)}`, {}, {signal});
    replace(list, faces.map(faceLink));
    list.querySelector("a").focus();
    again.remove();
  };
  const again = button(`Show all ${stranger.count}`, {kind: "quiet", onclick: all});
  place.append(h("div", {class: "row"}, again));
  return place;
}

function faceLink(face) {
  const where = `Seen by ${face.device}, ${moment(face.captured_at)}: play the video`;
  return h("li", null, h("a", {href: link(["playback", face.device], {at: face.captured_at}), "aria-label": where, title: where},
    thumbnail(crop(face), "", "thumbnail stranger-face")));
}

function seen(stranger) {
  const times = stranger.count === 1 || stranger.first_seen === stranger.last_seen
    ? moment(stranger.last_seen)
    : `${moment(stranger.first_seen)} to ${moment(stranger.last_seen)}`;
  return h("p", null, `${visits(stranger.count)} · ${times} · ${stranger.devices.join(", ")}`);
}

function looksLike(nearest) {
  if (!nearest) return null;
  return h("p", null, "Looks like ",
    h("a", {href: link(["person", nearest.label]), dir: "auto"}, h("bdi", {class: "short"}, nearest.name)),
    h("span", {class: "muted"}, ` (similarity ${similarity(nearest.similarity)})`));
}

const wantsToIgnore = () => confirmed({
  title: "Ignore this person?",
  text: "The person is not shown here any more, and no pictures of this face are kept from now on. You can take it back below the list.",
  yes: "Ignore",
});
