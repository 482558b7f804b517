// Actions on all data of one person: download, merge with another person, change the label.

import {h, replace} from "../lib/dom.js";
import {bytes, many} from "../lib/format.js";
import {button} from "../lib/ui.js";
import {saveExport} from "./export.js";
import {askForLabel} from "./label_dialog.js";
import {askForOther} from "./merge_dialog.js";

/**
 * The section for a person's page.
 * @param {() => {label: string, name: string}} person as it is now
 */
export function dataSection(person) {
  const progress = h("p", {class: "muted", role: "status"});
  const take = async () => {
    replace(progress, "Collecting …");
    try {
      const files = await saveExport(person().label, {
        progressed: (parts, size) => replace(progress, `${many(parts, "part")} so far, ${bytes(size)} …`),
      });
      replace(progress, files === 1 ? "Saved. Its README.txt explains each file."
        : `The data is too large for one zip file. ${files} zip files were saved; your browser may ask for permission.`);
    } catch (error) {
      replace(progress);
      throw error;
    }
  };
  return h("section", {class: "card stack data-section", "aria-labelledby": "person-data"},
    h("h2", {id: "person-data"}, "Data"),
    action("The record, photos, sightings and face crops in one zip file, for the person or for your archive.",
      button("Download everything about this person", {icon: "download", onclick: take})),
    progress,
    action("If this person was enrolled twice, merge the two into one.",
      button("Merge with another person…", {onclick: () => askForOther(person())})),
    action("The label is the short name in addresses, files and lists.",
      button("Change the label…", {onclick: () => askForLabel(person())})));
}

const action = (why, what) => h("div", {class: "row action"}, h("p", {class: "grow muted"}, why), what);
