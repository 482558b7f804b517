// Deletes a person: says what will be deleted, and shows a receipt.

import {get, part, send} from "../lib/api.js";
import {videoTime} from "../data/retention.js";
import {h, replace} from "../lib/dom.js";
import {many, number} from "../lib/format.js";
import {link} from "../lib/router.js";
import {button, confirmed} from "../lib/ui.js";

const COUNTED = {
  records: "Records", photos: "Photos", embeddings: "Embeddings of faces",
  sightings: "Sightings", crops: "Face crops of sightings",
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
      text: `This deletes the record, ${many(photos, "photo")} with their embeddings, and all `
        + "sightings of this person with their face crops. It can't be undone. "
        + `Recorded videos stay, without the name: ${videoTime(kept)}. To delete a video segment now, use the recording's page.`,
      yes: "Delete all of it", danger: true,
    });
    if (!yes) return;
    showReceipt(main, name, await send("DELETE", `/v1/people/${part(label)}`));
  };
  return h("section", {class: "card stack", "aria-labelledby": "deletion"},
    h("h2", {id: "deletion"}, "Delete"),
    h("p", null, "Deletes everything stored about this person, and shows a receipt."),
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
      h("p", null, "This was deleted of the person with the label ", h("strong", null, label), "."),
      h("table", {class: "table receipt"}, h("tbody", null, rows))),
    h("p", null, h("a", {href: link("people")}, "Go to People")));
  heading.focus();
}
