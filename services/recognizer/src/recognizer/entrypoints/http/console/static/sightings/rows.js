// The list of visits: one row each, grouped by day.

import {part} from "../lib/api.js";
import {h, icon} from "../lib/dom.js";
import {clock, day, duration, localDay, many, moment, similarity} from "../lib/format.js";
import {link} from "../lib/router.js";
import {thumbnail} from "../lib/ui.js";
import {decisionBadge, nobody} from "./decisions.js";
import {nameOf} from "./names.js";
import {wrongMatchButton} from "./wrong_match.js";

/** A list that grows at its end, with a heading for each day. */
export class DayList {
  constructor() {
    this.element = h("div", {class: "stack"});
    this.day = null;
    this.rows = null;
  }

  /** Appends older visits. */
  add(visits) {
    for (const visit of visits) {
      const on = localDay(visit.last_seen);
      if (on !== this.day) this.#begin(on, visit.last_seen);
      this.rows.append(row(visit));
    }
  }

  #begin(on, moment) {
    this.day = on;
    this.rows = h("ol", {class: "visits"});
    this.element.append(h("section", {class: "stack day"}, h("h2", null, day(moment)), this.rows));
  }
}

/** The crop of the face while it is kept; later the person's portrait. */
export function picture(visit) {
  const crop = visit.best.crop && `/v1/sightings/${part(visit.best.id)}/crop`;
  return thumbnail([crop, visit.label && `/v1/people/${part(visit.label)}/portrait`], "");
}

/** A visit's name, with a link to the person if there is one. */
export function title(visit) {
  if (!visit.label) return h("span", {class: "muted"}, nobody(visit.decision));
  return h("a", {href: link(["person", visit.label])}, nameOf(visit.label));
}

/** Start and end; with the day of the start, if that differs. */
function span({first_seen, last_seen}) {
  const sameDay = localDay(first_seen) === localDay(last_seen);
  const [from, to] = [sameDay ? clock(first_seen) : moment(first_seen), clock(last_seen)];
  const times = from === to ? [from] : [`${from} –`, to];
  return times.map((time) => h("span", {class: "time"}, time));
}

function row(visit) {
  const details = [
    visit.similarity !== null && `similarity ${similarity(visit.similarity)}`,
    visit.took_ms !== null && `answered in ${duration(visit.took_ms)}`,
    visit.count > 1 && `seen ${many(visit.count, "time")}`,
  ].filter(Boolean);
  const element = h("li", {class: "visit"},
    picture(visit),
    h("div", {class: "who"},
      h("h3", {class: "name", tabindex: "-1"}, title(visit)),
      h("p", {class: "small muted"}, details.join(" · "))),
    h("p", {class: "when number"},
      h("span", {class: "times"}, span(visit)),
      h("span", {class: "small muted"}, visit.device)),
    decisionBadge(visit.decision),
    h("div", {class: "row actions"},
      wrongMatchButton(visit, {then: () => unnamed(element, visit)}),
      h("a", {class: "button", href: link(["playback", visit.device], {at: visit.first_seen}),
        "aria-label": `Play the video of ${clock(visit.first_seen)}, ${visit.device}`}, icon("play"), "Play")));
  return element;
}

/** Draws the row without its name, and keeps the focus there. */
function unnamed(element, visit) {
  const now = row({...visit, label: null, decision: "unknown", similarity: null});
  element.replaceWith(now);
  now.querySelector("h3").focus();
}
