// The buttons below the video, and their keys.

import {h, replace} from "../lib/dom.js";
import {clock, day} from "../lib/format.js";
import {button} from "../lib/ui.js";
import {iso} from "./recordings.js";

const STEP_MS = 5000;

/**
 * @param {Object} does `toggle`, `skip(ms)`, `previous`, `next`, `open(moment)`, `remove`: the buttons' actions.
 * @param {AbortSignal} signal the keys work until it aborts.
 */
export function controls(does, signal) {
  const play = button("Play", {kind: "primary", icon: "play", onclick: does.toggle});
  const slider = h("input", {type: "range", class: "moment", step: 500, "aria-label": "Moment", onchange: () => does.open(Number(slider.value))});
  const time = h("span", {class: "number time"});
  const date = h("span", {class: "small muted"});
  let held = false;
  slider.addEventListener("pointerdown", () => { held = true; });
  slider.addEventListener("pointerup", () => { held = false; });
  slider.addEventListener("input", () => replace(time, clock(iso(Number(slider.value)))));
  document.addEventListener("keydown", (event) => pressed(event, does), {signal});

  return {
    element: h("div", {class: "stack controls"},
      h("div", {class: "row"}, slider),
      h("div", {class: "row"}, play,
        button("Previous visit", {onclick: does.previous}), button("Next visit", {onclick: does.next}),
        button("−5 s", {kind: "quiet", label: "Back 5 seconds", onclick: () => does.skip(-STEP_MS)}),
        button("+5 s", {kind: "quiet", label: "Forward 5 seconds", onclick: () => does.skip(STEP_MS)}),
        h("span", {class: "stack at"}, time, date)),
      h("div", {class: "row"}, button("Delete this segment", {kind: "quiet", onclick: does.remove})),
      h("p", {class: "small muted keys"}, "Keys: space plays and pauses, ← and → move 5 seconds, J and L go to the previous and next visit.")),
    /** Sets the time that the slider covers. */
    cover(from, to) { slider.min = from; slider.max = to; },
    moment(at) {
      if (held) return;
      const text = clock(iso(at));
      slider.value = at;
      if (time.textContent === text) return;
      replace(time, text);
      replace(date, day(iso(at)));
      slider.setAttribute("aria-valuetext", text);
    },
    state(playing) { play.lastChild.textContent = playing ? "Pause" : "Play"; },
  };
}

const KEYS = {
  " ": (does) => does.toggle(), ArrowLeft: (does) => does.skip(-STEP_MS), ArrowRight: (does) => does.skip(STEP_MS),
  j: (does) => does.previous(), l: (does) => does.next(),
};

function pressed(event, does) {
  if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || event.target.closest("input, select, textarea")) return;
  if (event.key === " " && event.target.closest("a, button, summary")) return; // space activates these elements
  event.preventDefault();
  act(does);
}
