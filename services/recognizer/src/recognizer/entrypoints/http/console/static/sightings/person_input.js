// An input that takes a person by name or label, and offers the names.

import {h, replace} from "../lib/dom.js";
import {showError} from "../lib/ui.js";

const OFFERED = 50;
const SEVERAL = "Several people have this name. Choose one of the suggestions.";
const NOBODY = "Nobody has this name. Choose one of the suggestions.";

/**
 * @param {string} label of the chosen person, or empty.
 * @param {(label: string) => void} chosen is called with the label, or with an empty text.
 * @param {() => Promise<Map<string, string>>} names by label.
 * @returns {{input: HTMLInputElement, offers: HTMLElement}} the page needs both.
 */
export function personInput(label, chosen, names) {
  const offers = h("datalist", {id: "people-offered"});
  const read = () => names().catch((error) => { showError(error); return new Map(); });

  const offer = async () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    const fitting = [...await read()].filter(([key, name]) => written(key, name).toLocaleLowerCase().includes(wanted));
    replace(offers, fitting.slice(0, OFFERED).map(([key, name]) => h("option", {value: written(key, name)})));
    const picked = fitting.find(([key, name]) => written(key, name) === input.value);
    if (picked) accept(picked[0]);
  };
  const take = async () => {
    const text = input.value.trim();
    if (!text) { accept(""); return; }
    const fitting = [...await read()].filter(([key, name]) => [key, name, written(key, name)].includes(text));
    if (fitting.length === 1) {
      input.value = written(...fitting[0]);
      accept(fitting[0][0]);
    } else {
      input.setCustomValidity(fitting.length ? SEVERAL : NOBODY);
      input.reportValidity();
    }
  };
  const accept = (key) => { input.setCustomValidity(""); chosen(key); };

  const input = h("input", {
    type: "search", list: offers.id, dir: "auto", autocomplete: "off", placeholder: "Anybody",
    value: label, onfocus: offer, oninput: offer, onchange: take,
  });
  if (label) names().then((found) => { if (input.value === label && found.has(label)) input.value = written(label, found.get(label)); }, () => {});
  return {input, offers};
}

const written = (label, name) => (name === label ? name : `${name} (${label})`);
