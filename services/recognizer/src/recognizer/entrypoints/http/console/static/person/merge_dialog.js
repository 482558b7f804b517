// The dialog that chooses the other person to merge with, and its confirmation.

import {h, replace} from "../lib/dom.js";
import {apart, many} from "../lib/format.js";
import {afterTyping, busy, confirmed, dialog, field, showError} from "../lib/ui.js";
import {findPeople} from "../people/find.js";
import {merge, showReceipt} from "./merge.js";

const SHOWN = 20;

/** Opens a dialog to choose the other person. */
export function askForOther(person) {
  const search = h("input", {type: "search", autocomplete: "off"});
  const found = h("ul", {class: "stack choices"});
  const count = h("p", {class: "muted", role: "status"});
  const shown = dialog("Merge with another person",
    h("p", null, "Who is the same person as ", h("strong", {dir: "auto"}, person.name), "? That person's record stays; this one is deleted."),
    field("Search by name, label or attribute", search), count, found);
  const choose = async (other) => {
    if (!(await agreed(person, other))) return;
    const receipt = await merge(person.label, other.label);
    shown.close();
    showReceipt(`${apart(person.name)} and ${apart(other.name)} are now one person`, receipt);
  };
  let newest = 0;
  const draw = async () => {
    const turn = (newest += 1);
    const {people: others, all} = await findPeople(search.value.trim(), {limit: SHOWN, without: person.label});
    if (turn !== newest) return;
    replace(count, summary(others.length, all));
    replace(found, others.map((one) => choice(one, choose)));
  };
  const again = () => draw().catch(showError);
  search.addEventListener("input", afterTyping(again));
  again();
  search.focus();
}

function summary(count, all) {
  if (!count) return "Nobody else is found";
  return all ? `${many(count, "person", "people")} found` : `The first ${count} are shown. Type more of the name.`;
}

function choice(other, choose) {
  const element = h("button", {type: "button", class: "choice"},
    h("span", {class: "name", dir: "auto"}, other.name),
    h("span", {class: "muted small"}, `${other.label} · ${many(other.photo_count, "photo")}`));
  element.addEventListener("click", () => busy(element, () => choose(other)));
  return h("li", null, element);
}

function agreed(person, other) {
  const [goes, stays] = [apart(person.name), apart(other.name)];
  return confirmed({
    title: "Merge these two?",
    text: `All photos and sightings of ${goes} (${person.label}) become those of ${stays} (${other.label}). `
      + `The record of ${stays} stays, and gains the attributes that only ${goes} has. `
      + `The record of ${goes} is deleted. This can't be undone.`,
    yes: "Merge", danger: true,
  });
}
