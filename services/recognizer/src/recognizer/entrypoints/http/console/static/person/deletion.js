// Deleting a person: what goes is said before, and counted after.

import {get, part, send} from "../lib/api.js";
import {videoTime} from "../data/retention.js";
import {h, replace} from "../lib/dom.js";
import {many, number} from "../lib/format.js";
import {link} from "../lib/router.js";
import {button, confirmed} from "../lib/ui.js";

const COUNTED = {
  records: "Records", photos: "Photos", embeddings: "Faces computed from them",
  sightings: "Sightings", crops: "Pictures of sightings",
};

/**
 * The section with the button.
 * @param {() => {name: string, label: string, photo_count: number}} person as it is now
 * @param {{main: HTMLElement}} options where the receipt is shown
 */
export function deletionSection(person, {main}) {
  const remove = async () => {
    const {name, label, photo_count: photos} = person();
    const kept = await get("/v1/retention");
    const yes = await confirmed({
      title: `Delete ${name}?`,
      text: `This takes away the record, ${many(photos, "photo")} with what was computed from the faces, and all `
        + "sightings of this person with their pictures. It can't be undone. "
        + `Recorded videos stay, without the name: ${videoTime(kept)}. The page of a recording deletes a segment at once.`,
      yes: "Delete all of it", danger: true,
    });
    if (!yes) return;
    showReceipt(main, name, await send("DELETE", `/v1/people/${part(label)}`));
  };
  return h("section", {class: "card stack", "aria-labelledby": "deletion"},
    h("h2", {id: "deletion"}, "Delete"),
    h("p", null, "Takes away everything that is known of this person, and says how much it was."),
    h("div", {class: "row"}, button("Delete this person", {kind: "danger", onclick: remove})));
}

function showReceipt(main, name, receipt) {
  const {label, ...counts} = receipt;
  const heading = h("h1", {tabindex: "-1"}, h("span", {dir: "auto"}, name), " is deleted");
  const rows = Object.entries(counts).filter(([, count]) => typeof count === "number").map(([what, count]) =>
    h("tr", null, h("th", {scope: "row"}, COUNTED[what] ?? what), h("td", {class: "number"}, number(count))));
  replace(main, heading,
    h("section", {class: "card stack", "aria-labelledby": "receipt"},
      h("h2", {id: "receipt"}, "Receipt"),
      h("p", null, "This is what was taken away of the person with the label ", h("strong", null, label), "."),
      h("table", {class: "table receipt"}, h("tbody", null, rows))),
    h("p", null, h("a", {href: link("people")}, "To the people")));
  heading.focus();
}
