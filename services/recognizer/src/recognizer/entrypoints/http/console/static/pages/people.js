// The enrolled people.

import {h, replace} from "../lib/dom.js";
import {many} from "../lib/format.js";
import {setQuery} from "../lib/router.js";
import {afterTyping, button, empty, showError} from "../lib/ui.js";
import {addPerson} from "../people/add.js";
import {showPeople} from "../people/list.js";

export const title = "People";

/** Draws the people as cards, and a search that runs while typing. */
export async function render({main, query, signal}) {
  const add = () => addPerson({signal});
  const search = h("input", {
    type: "search", value: query.get("search") ?? "", maxlength: 200, dir: "auto", autocomplete: "off",
    "aria-label": "Search", placeholder: "Name, label or attribute",
  });
  const place = h("div", {class: "stack"});
  const status = h("p", {class: "muted small", role: "status"});
  let searching = new AbortController();
  signal.addEventListener("abort", () => searching.abort());

  const show = async () => {
    searching.abort();
    searching = new AbortController();
    const text = search.value.trim();
    setQuery({search: text});
    const given = {place, search: text, signal: searching.signal, nobody: () => nobody(text, add)};
    const {shown, all} = await showPeople(given);
    if (!given.signal.aborted) replace(status, counted(shown, all, text));
  };
  const asTyped = afterTyping(() => show().catch(showError));
  search.addEventListener("input", () => { if (!signal.aborted) asTyped(); });

  replace(main,
    h("div", {class: "row"}, h("h1", {class: "grow"}, title),
      button("Add a person", {kind: "primary", icon: "plus", onclick: add})),
    h("search", null, search), status, place);
  await show();
}

function counted(shown, all, text) {
  if (!shown) return text ? "Nobody is found" : "";
  return `${many(shown, "person", "people")}${all ? "" : " and more"}${text ? " found" : ""}`;
}

function nobody(text, add) {
  if (text) return empty("Nobody is found", "The search covers names, labels and attributes.");
  return empty("Nobody is known yet", "Add a person and a few photos. Then the cameras can recognise them.",
    button("Add a person", {icon: "plus", onclick: add}));
}
