// Choosing the other person to merge with, and asking once more.

import {h, replace} from "../lib/dom.js";
import {apart, many} from "../lib/format.js";
import {afterTyping, busy, confirmed, dialog, field, told} from "../lib/ui.js";
import {findPeople} from "../people/find.js";
import {merge, showReceipt} from "./merge.js";

const SHOWN = 20;

/** Opens the choice of the other person. */
export function askForOther(person) {
  const search = h("input", {type: "search", autocomplete: "off"});
  const found = h("ul", {class: "stack choices"});
  const count = h("p", {class: "muted", role: "status"});
  const shown = dialog("Merge with another person",
    h("p", null, "Who is the same person as ", h("strong", {dir: "auto"}, person.name), "? That record stays; this one goes."),
    field("Search by name, label or attribute", search), count, found);
  const choose = async (other) => {
    if (!(await agreed(person, other))) return;
    const receipt = await merge(person.label, other.label);
    shown.close();
    showReceipt(`${apart(person.name)} and ${apart(other.name)} are one person now`, receipt);
  };
  let newest = 0;
  const draw = async () => {
    const turn = (newest += 1);
    const {people: others, all} = await findPeople(search.value.trim(), {limit: SHOWN, without: person.label});
    if (turn !== newest) return;
    replace(count, summary(others.length, all));
    replace(found, others.map((one) => choice(one, choose)));
  };
  const again = () => draw().catch(told);
  search.addEventListener("input", afterTyping(again));
  again();
  search.focus();
}

function summary(count, all) {
  if (!count) return "Nobody else is found.";
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
      + `The record of ${stays} stays as it is, and gets the attributes that only the other had. `
      + `The record of ${goes} goes. This can't be undone.`,
    yes: "Merge", danger: true,
  });
}
