// Takes photos that are dropped, chosen, or taken with this computer's camera.

import {upload} from "../lib/api.js";
import {h, icon, replace} from "../lib/dom.js";
import {button, showError} from "../lib/ui.js";
import {adviceFor} from "./advice.js";
import {takePicture} from "./camera.js";
import {sendable} from "./shrink.js";

/**
 * The drop zone, and below it the refused photos, each with advice.
 * @param {string} path of the person's photos
 * @param {{signal: AbortSignal, added: () => Promise<void>}} options
 */
export function photoIntake(path, {signal, added}) {
  const status = h("p", {class: "small", role: "status"});
  const refused = h("ul", {class: "stack refused", "aria-label": "Photos that were not accepted"});
  const queue = sender({path, signal, added, status, refused});
  const input = h("input", {type: "file", accept: "image/*", multiple: true, class: "visually-hidden", tabindex: "-1", "aria-hidden": "true"});
  input.addEventListener("change", () => { queue([...input.files]); input.value = ""; });
  const camera = button("Use the camera", {icon: "camera", onclick: () => takePicture({signal, taken: (picture) => queue([picture])})});
  const zone = h("div", {class: "drop row"},
    h("span", {class: "grow muted"}, "Drop photos here, or"),
    button("Choose files", {icon: "plus", onclick: () => input.click()}), camera, input);
  takeDrops(zone, queue);
  return h("div", {class: "stack intake"}, zone, status, refused);
}

function takeDrops(zone, queue) {
  const over = (is) => (event) => { event.preventDefault(); zone.classList.toggle("over", is); };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => { over(false)(event); queue([...event.dataTransfer.files]); });
}

/** Sends one photo after the other; more may be added while it runs. */
function sender({path, signal, added, status, refused}) {
  const waiting = [];
  let running = false;
  return async (files) => {
    waiting.push(...files);
    if (running) return;
    running = true;
    let taken = 0;
    let turnedDown = 0;
    try {
      while (waiting.length && !signal.aborted) {
        const left = waiting.length > 1 ? ` ${waiting.length - 1} more to go.` : "";
        replace(status, `Looking at ${waiting[0].name} …${left}`);
        const file = waiting.shift();
        if (await sent(file)) taken += 1; else turnedDown += 1;
      }
    } catch (error) {
      waiting.length = 0; // signed out, or left the page
      showError(error);
    } finally {
      running = false;
      replace(status, summary(taken, turnedDown));
    }
  };

  async function sent(file) {
    try {
      await upload(path, await sendable(file), {signal});
    } catch (error) {
      if (error.name === "AbortError" || error.status === 401) throw error;
      refused.append(refusal(file, error, sent, signal));
      return false;
    }
    await added().catch(showError); // the photo is stored in any case
    return true;
  }
}

function summary(taken, turnedDown) {
  const parts = [taken && `${taken} added`, turnedDown && `${turnedDown} not accepted`];
  return parts.filter(Boolean).join(", ");
}

function refusal(file, error, again, signal) {
  const url = URL.createObjectURL(file);
  const {why, advice, detail} = adviceFor(error);
  const away = () => { URL.revokeObjectURL(url); item.remove(); };
  const retry = error.status === undefined || error.status >= 500;
  const picture = h("img", {class: "thumbnail", src: url, alt: ""});
  picture.addEventListener("error", () => picture.replaceWith(h("span", {class: "thumbnail"}, icon("person"))));
  const item = h("li", {class: "message bad row"}, picture,
    h("div", {class: "grow"},
      h("div", null, h("strong", {dir: "auto"}, file.name), ": ", why),
      h("div", null, advice),
      h("div", {class: "muted small", dir: "auto"}, `The recognizer says: ${detail}`)),
    retry && button("Try again", {onclick: async () => { away(); await again(file); }}),
    button("Dismiss", {kind: "quiet", label: `Dismiss ${file.name}`, onclick: away}));
  signal.addEventListener("abort", () => URL.revokeObjectURL(url));
  return item;
}
