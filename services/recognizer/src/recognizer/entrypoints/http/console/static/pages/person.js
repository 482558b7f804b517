// One person: photos, record, data, and deletion.

import {get, part} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {moment} from "../lib/format.js";
import {link} from "../lib/router.js";
import {empty, thumbnail} from "../lib/ui.js";
import {dataSection} from "../person/data_section.js";
import {deletionSection} from "../person/deletion.js";
import {photosSection} from "../person/photos.js";
import {recordForm} from "../person/record.js";

export const title = "Person";

/** Draws the person whose label is in the address: #/person/LABEL. */
export async function render({main, path: [label = ""], signal}) {
  const path = `/v1/people/${part(label)}`;
  let person = null;
  let there = null;
  try {
    [person, there] = await Promise.all([get(path, {}, {signal}), get(`${path}/photos`, {}, {signal})]);
  } catch (error) {
    if (!["person_not_found", "validation_failed", "not_found"].includes(error.code)) throw error;
    replace(main, h("h1", null, "Nobody has this label"),
      empty("This person is not known", "The record was deleted, or the address is mistyped.", h("a", {href: link("people")}, "Go to People")));
    return;
  }
  const head = personHead(person);
  const photos = await photosSection(person, there.photos, {signal, changed: (now) => {
    person = {...person, photo_count: now.length};
    head.show(person, now);
  }});
  if (signal.aborted) return;
  const record = recordForm(person, {signal, saved: (now) => { person = {...now, photo_count: person.photo_count}; head.show(person); }});
  replace(main, head.element, photos, record);
  main.append(dataSection(() => person), deletionSection(() => person, {main}));
}

/** Picture, name, and a link to the sightings; `show` redraws them after a change. */
function personHead(person) {
  const name = h("h1", {dir: "auto"});
  const since = h("p", {class: "muted small"});
  const picture = h("div");
  const show = (now, photos) => {
    document.title = document.title.replace(/^[^·]*/, `${now.name.slice(0, 60)} `);
    replace(name, now.name);
    replace(since, `${now.label} · known since ${moment(now.created_at)} · changed ${moment(now.updated_at)}`);
    if (!photos) return;
    const oldest = photos[0] && `/v1/people/${part(now.label)}/photos/${photos[0].id}/portrait`;
    replace(picture, thumbnail(oldest, "", "thumbnail large"));
  };
  show(person);
  const element = h("div", {class: "row person-head"}, picture,
    h("div", {class: "grow stack tight"},
      h("nav", {"aria-label": "Way back"}, h("a", {href: link("people")}, "People")), name, since,
      h("div", null, h("a", {class: "button", href: link("sightings", {label: person.label})}, "Sightings of this person"))));
  return {element, show};
}
