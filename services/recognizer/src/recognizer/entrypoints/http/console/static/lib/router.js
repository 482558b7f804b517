// Addresses: #/page/part/part?query. Each names a page and its content.

import {queryText} from "./query.js";

const listeners = [];
let holding = () => false;

/** The address that is open: page, further parts, query. */
export function here() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [page, ...parts] = path.split("/").map(decoded);
  return {page: page || "people", path: parts, query: new URLSearchParams(query)};
}

/** An address as text, for a link: `path` is one part or a list of them. */
export function link(path, query = {}) {
  const parts = [path].flat().map(encodeURIComponent).join("/");
  return `#/${parts}${queryText(query)}`;
}

/** Opens an address. */
export function go(path, query = {}) { location.hash = link(path, query); }

/** Changes the query of the address that is open, without loading the page again. */
export function setQuery(query) {
  const {page, path} = here();
  history.replaceState(null, "", link([page, ...path], query));
}

/** Calls `then` at each new address. */
export function onAddress(then) { listeners.push(then); }

/** Calls `then(event)` before a new address is opened; true prevents that. */
export function holdAddress(then) { holding = then; }

window.addEventListener("hashchange", (event) => {
  // A link within the page, such as "skip to the content", is not a page's address.
  if (location.hash && !location.hash.startsWith("#/")) return;
  if (!holding(event)) listeners.forEach((then) => then());
});

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // typed by hand
  }
}
