// The fields for a name and a label; the label is suggested from the name.

import {get, part} from "../lib/api.js";
import {h} from "../lib/dom.js";
import {PATTERN, suggested} from "./label.js";

/** An input that accepts only a label. */
export function labelInput(value = "") {
  return h("input", {
    value, required: true, maxlength: 64, pattern: PATTERN, autocomplete: "off", autocapitalize: "none",
    spellcheck: "false", title: "Letters of the English alphabet, digits, dots, dashes and underscores.",
  });
}

/** Inputs for name and label; the label follows the name until somebody edits it. */
export function nameAndLabel() {
  const name = h("input", {required: true, maxlength: 200, autocomplete: "off", dir: "auto"});
  const label = labelInput();
  let ours = true;
  label.addEventListener("input", () => { ours = label.value === ""; });
  name.addEventListener("input", () => { if (ours) label.value = suggested(name.value); });
  return {name, label};
}

/** Whether somebody has this label. */
export async function isTaken(label) {
  try {
    await get(`/v1/people/${part(label)}`);
    return true;
  } catch (error) {
    if (error.code === "person_not_found") return false;
    throw error;
  }
}
