// A new camera: its name, then its recorder's settings, shown only once.

import {send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {busy, button, dialog, field, message, notice, save, showError} from "../lib/ui.js";

const FILE = "device.env";

/** Asks for a name, adds the camera, and shows its settings; `then` is called once it is added. */
export function addCamera(then) {
  const name = h("input", {required: true, maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]*", autocomplete: "off", spellcheck: "false", dir: "auto"});
  const add = button("Add", {kind: "primary", type: "submit"});
  const place = h("div", {class: "stack"});
  const form = h("form", {class: "stack", novalidate: true},
    field("Name", name, "Letters, digits, dots, dashes and underscores; for example front-door."),
    h("div", {class: "actions"}, button("Cancel", {onclick: () => shown.close()}), add));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(add, async () => {
      if (!name.reportValidity()) return;
      const added = await send("POST", "/v1/devices", {name: name.value});
      then();
      await show(place, added, () => shown.close());
    });
  });
  const shown = dialog("Add a camera", replace(place, form));
  name.focus();
}

async function show(place, {name, token}, close) {
  const heading = h("p", {tabindex: "-1"}, h("strong", {dir: "auto"}, name), " is added. Its settings are shown only once: copy or save them now.");
  const done = h("div", {class: "actions"}, button("Done", {kind: "primary", onclick: close}));
  try {
    const setup = await send("POST", "/v1/device-setup", {token});
    replace(place, heading, ...settings(setup), done);
  } catch (error) { // the token must not be lost
    showError(error);
    replace(place, heading, block("Token", token), done);
  }
  heading.focus();
}

function settings({url, only_this_machine, settings: text, qr_svg}) {
  return [
    only_this_machine && message(`${url} works only on this machine. For a camera on another machine, open this console at an address that the camera can reach, or set RECOGNIZER_PUBLIC_URL, and add the camera again.`, "warning"),
    block(`The recorder's file ${FILE}`, text, button("Save as a file", {icon: "download", onclick: () => save(new Blob([text], {type: "text/plain"}), FILE)})),
    h("p", {class: "small muted"}, "On a Raspberry Pi, save it in /etc/pi-recorder. Then restart the recorder."),
    qr(qr_svg),
    h("details", null, h("summary", null, "As environment variables"),
      block("Environment", text.trim().split("\n").map((line) => `export ${line}`).join("\n"))),
  ];
}

function block(title, text, ...more) {
  const shown = h("pre", {class: "code", tabindex: "0", "aria-label": title}, text);
  return h("section", {class: "stack tight"}, h("h3", null, title), shown,
    h("div", {class: "row"}, button("Copy", {label: `Copy: ${title}`, onclick: () => copy(shown)}), more));
}

function qr(drawn) {
  const src = URL.createObjectURL(new Blob([drawn], {type: "image/svg+xml"}));
  const image = h("img", {src, class: "qr", alt: `QR code of the file ${FILE}`});
  image.addEventListener("load", () => URL.revokeObjectURL(src));
  return h("figure", {class: "row"}, image, h("figcaption", {class: "small muted grow"}, "The same settings as a QR code. Anybody who photographs it has the camera's token."));
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    notice("Copied.");
  } catch { // over plain HTTP a browser lets no page write to the clipboard
    getSelection().selectAllChildren(element);
    notice("Press Ctrl-C to copy the selected text.");
  }
}
