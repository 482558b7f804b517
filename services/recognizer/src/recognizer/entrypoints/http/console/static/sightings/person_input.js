// An input that takes a person by name or label, and offers the names.

import {h, replace} from "../lib/dom.js";
import {told} from "../lib/ui.js";

const OFFERED = 50;
const SEVERAL = "Several people are called that; choose one that is offered.";
const NOBODY = "Nobody is called that; choose somebody who is offered.";

/**
 * @param {string} label who is chosen; empty is nobody.
 * @param {(label: string) => void} chosen is told the label, or that there is none.
 * @param {() => Promise<Map<string, string>>} names by label.
 * @returns {{input: HTMLInputElement, offers: HTMLElement}} both have to be in the page.
 */
export function personInput(label, chosen, names) {
  const offers = h("datalist", {id: "people-offered"});
  const read = () => names().catch((error) => { told(error); return new Map(); });

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
