// A person's photos, and the upload of new ones.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {many, moment, similarity} from "../lib/format.js";
import {link} from "../lib/router.js";
import {badge, button, confirmed, dialog, notice, thumbnail} from "../lib/ui.js";
import {photoIntake} from "./intake.js";

/**
 * The section.
 * @param {object} person
 * @param {object[]} there the photos as they are
 * @param {{signal: AbortSignal, changed: (photos: object[]) => void}} options `changed` is called
 *   with the photos, now and after each change.
 */
export async function photosSection(person, there, {signal, changed}) {
  const path = `/v1/people/${part(person.label)}/photos`;
  const list = h("ul", {class: "grid photos"});
  const heading = h("h2", {id: "photos", tabindex: "-1"}, "Photos");
  const names = new Map();
  const show = async (photos) => {
    await namesOf(photos, names, signal);
    replace(heading, photos.length ? `Photos (${photos.length})` : "Photos");
    replace(list, photos.map((photo) => photoCard(photo, {path, names, remove: () => remove(photo)})));
    changed(photos);
  };
  const renew = async () => show((await get(path, {}, {signal})).photos);
  const remove = async (photo) => {
    const yes = await confirmed({
      title: "Delete this photo?", text: "The photo and its embedding are deleted.", yes: "Delete", danger: true,
    });
    if (!yes) return;
    await send("DELETE", `${path}/${photo.id}`);
    await renew();
    heading.focus();
    notice("The photo is deleted");
  };
  await show(there);
  return h("section", {class: "card stack", "aria-labelledby": "photos"}, heading,
    h("p", {class: "muted small"}, "One face in each photo. Photos in different light, with and without glasses, reduce mistakes."),
    list, photoIntake(path, {signal, added: renew}));
}

/** Loads the names of look-alikes. */
async function namesOf(photos, names, signal) {
  const labels = new Set(photos.filter((photo) => photo.look_alike).map((photo) => photo.look_alike.label));
  for (const label of labels) {
    if (names.has(label)) continue;
    try {
      names.set(label, (await get(`/v1/people/${part(label)}`, {}, {signal})).name);
    } catch (error) {
      if (error.code !== "person_not_found") throw error; // deleted just now
    }
  }
}

function photoCard(photo, {path, names, remove}) {
  const added = moment(photo.created_at);
  const open = () => dialog(`Photo of ${added}`,
    h("img", {class: "whole", src: `${path}/${photo.id}/picture`, alt: "The photo as it was sent"}),
    h("p", {class: "muted small"}, `Face ${many(Math.round(photo.quality.size_px), "pixel")} wide. Model ${photo.model}.`));
  return h("li", {class: "stack photo"},
    h("button", {type: "button", class: "picture", "aria-label": `Show the photo of ${added}`, onclick: open},
      thumbnail(`${path}/${photo.id}/portrait`, "")),
    h("span", {class: "muted small"}, added),
    photo.look_alike && lookAlikeNote(photo.look_alike, names),
    button("Delete", {kind: "danger quiet", label: `Delete the photo of ${added}`, onclick: remove}));
}

function lookAlikeNote({label, similarity: value}, names) {
  return h("div", {class: "look-alike small"}, badge("Look-alike", "warning"),
    h("span", null, "Resembles ", h("a", {href: link(["person", label]), dir: "auto"}, names.get(label) ?? label),
      ` (similarity ${similarity(value)}). The two may be confused; a clearer photo of each helps.`));
}
