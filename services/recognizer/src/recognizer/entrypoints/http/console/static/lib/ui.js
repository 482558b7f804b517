// Elements that all pages share.

import {h, icon, replace} from "./dom.js";

const SHOWN_MS = 8000;
let numbered = 0;

/**
 * A button. It is busy while its action runs; an error becomes a notice.
 * @param {string} text
 * @param {{onclick?: Function, kind?: string, icon?: string, type?: string, label?: string}} options
 */
export function button(text, {onclick, kind = "", icon: drawn, type = "button", label} = {}) {
  const element = h("button", {type, class: kind, "aria-label": label}, drawn && icon(drawn), text);
  if (onclick) element.addEventListener("click", (event) => busy(element, () => onclick(event)));
  return element;
}

/** Runs `work` while `element` is marked as busy; an error becomes a notice. */
export async function busy(element, work) {
  if (element.getAttribute("aria-busy") === "true") return undefined;
  element.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    showError(error);
    return undefined;
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** An input under its label, with a hint if there is one. */
export function field(label, input, hint) {
  const id = `field-${(numbered += 1)}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", {class: "field"},
    h("label", {for: id}, label), input,
    hint && h("span", {class: "hint", id: `${id}-hint`}, hint));
}

/** Shows a notice at the foot of the page; `kind` is `good` or `bad`. */
export function notice(text, kind = "good") {
  const element = h("div", {class: `notice ${kind}`}, h("span", {dir: "auto"}, text));
  const close = () => element.remove();
  element.append(h("button", {class: "quiet", "aria-label": "Dismiss", onclick: close}, icon("close")));
  document.getElementById("notices").append(element);
  setTimeout(close, kind === "bad" ? SHOWN_MS * 2 : SHOWN_MS);
}

/** Shows an error as a notice, unless it is only that somebody left the page. */
export function showError(error) {
  if (error.name === "AbortError") return;
  if (error.name !== "Problem" && error.name !== "Unreachable") console.error(error);
  notice(error.message, "bad");
}

/** A modal dialog; Escape closes it too. */
export function dialog(title, ...content) {
  const id = `dialog-${(numbered += 1)}`;
  const element = h("dialog", {"aria-labelledby": id},
    h("div", {class: "stack"}, h("h2", {id, dir: "auto"}, title), content));
  element.addEventListener("close", () => element.remove());
  document.body.append(element);
  element.showModal();
  return {element, close: () => element.close()};
}

/**
 * Asks before something is done.
 * @returns {Promise<boolean>}
 */
export function confirmed({title, text, yes, danger = false}) {
  return new Promise((resolve) => {
    let answer = false;
    const choose = (value) => { answer = value; window_.close(); };
    const window_ = dialog(title, h("p", {dir: "auto"}, text),
      h("div", {class: "actions"},
        button("Cancel", {onclick: () => choose(false)}),
        button(yes, {kind: danger ? "danger" : "primary", onclick: () => choose(true)})));
    window_.element.addEventListener("close", () => resolve(answer));
  });
}

/** A message in place of an empty list. */
export function empty(title, text, action) {
  return h("div", {class: "card empty"}, h("h2", null, title), h("p", {class: "muted"}, text), action);
}

/** A panel. */
export const card = (...content) => h("section", {class: "card stack"}, content);

/** A state in a word; `kind` colours it: match, uncertain, unknown, good, warning, bad. */
export const badge = (text, kind = "") => h("span", {class: `badge ${kind}`}, text);

/** A sentence that stands out; `kind` is empty, `warning` or `bad`. */
export const message = (text, kind = "") => h("p", {class: `message ${kind}`, dir: "auto"}, text);

/**
 * A thumbnail: the first of these URLs that has a picture; else the outline of a person.
 * @param {string|null|(string|null)[]} sources
 */
export function thumbnail(sources, alt, className = "thumbnail") {
  const [src, ...others] = [sources].flat().filter(Boolean);
  if (!src) return h("span", {class: className, role: alt ? "img" : null, "aria-label": alt || null}, icon("person"));
  const image = h("img", {class: className, src, alt, loading: "lazy", decoding: "async"});
  image.addEventListener("error", () => image.replaceWith(thumbnail(others, alt, className)));
  return image;
}

/**
 * The rest of a list: a button that calls `load` (which returns whether there is still more).
 * @param {() => Promise<boolean>} load
 */
export function more(load) {
  const place = h("div", {class: "row"});
  const again = button("Show more", {onclick: async () => { if (!(await load())) replace(place); }});
  replace(place, again);
  return place;
}

/** Calls `then` when typing has paused. */
export function afterTyping(then, ms = 250) {
  let timer = null;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => then(...given), ms); };
}

/** Lets the browser save something as a file. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
