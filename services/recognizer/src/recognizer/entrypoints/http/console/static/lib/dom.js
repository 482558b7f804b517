// Makes elements. Text is always set as text, never as HTML: names may contain anything.

/**
 * An element with its properties, listeners and children.
 * @param {string} tag
 * @param {Object<string, unknown>|null} [props] `class`, `dataset`, `on…` listeners, attributes.
 * @param {...unknown} children nodes, texts, numbers, lists of those; null and false are skipped.
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...flat(children));
  return element;
}

/** Replaces the children of `parent`. */
export function replace(parent, ...children) {
  parent.replaceChildren(...flat(children));
  return parent;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of SVG; numbers and texts become attributes. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...flat(children));
  return element;
}

const ICONS = {
  person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4 21a8 7 0 0 1 16 0"],
  camera: ["M3 7h4l2-3h6l2 3h4v13H3z", "M12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z"],
  play: ["M7 4l13 8-13 8z"],
  plus: ["M12 5v14", "M5 12h14"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  download: ["M12 4v11", "M7 11l5 5 5-5", "M5 20h14"],
  search: ["M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z", "M15.5 15.5L21 21"],
};

/** An icon beside a word; screen readers ignore it. */
export function icon(name) {
  const paths = ICONS[name].map((d) => svg("path", {d}));
  return svg("svg", {viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true"}, ...paths);
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "value" || name === "checked" || name === "srcObject") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function flat(children) {
  return children.flat(Infinity).filter((child) => ![null, undefined, false].includes(child))
    .map((child) => (child instanceof Node ? child : String(child)));
}
