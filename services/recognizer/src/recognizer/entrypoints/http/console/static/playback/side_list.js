// The list beside the video: who was seen around this moment.

import {h, replace} from "../lib/dom.js";
import {clock} from "../lib/format.js";
import {button} from "../lib/ui.js";
import {decisionBadge, nobody} from "../sightings/decisions.js";
import {nameOf} from "../sightings/names.js";
import {picture} from "../sightings/rows.js";
import {begins, holds} from "./visits.js";

export class SideList {
  /** `chosen` is called with the start of a visit that somebody clicks. */
  constructor(chosen) {
    this.chosen = chosen;
    this.rows = new Map();
    this.list = h("ol", {class: "visits beside"});
    this.none = h("p", {class: "muted", hidden: true}, "Nobody was seen within 15 minutes of this moment.");
    this.element = h("aside", {class: "stack", "aria-labelledby": "beside"},
      h("h2", {id: "beside"}, "Who was seen"), this.none, this.list);
  }

  /** Draws these visits instead of the previous ones. */
  draw(visits) {
    this.rows = new Map(visits.map((visit) => [visit, this.#row(visit)]));
    this.none.hidden = visits.length > 0;
    replace(this.list, [...this.rows.values()]);
  }

  /** Marks who is seen now. */
  mark(moment) {
    for (const [visit, row] of this.rows) {
      const now = holds(visit, moment);
      const choice = row.firstChild;
      if (now === (choice.getAttribute("aria-current") === "true")) continue;
      if (now) choice.setAttribute("aria-current", "true");
      else choice.removeAttribute("aria-current");
      if (now) this.#reveal(row);
    }
  }

  #row(visit) {
    const choice = button("", {kind: "quiet", onclick: () => this.chosen(begins(visit))});
    choice.append(picture(visit), h("span", {class: "who"},
      h("span", {class: "name"}, visit.label ? nameOf(visit.label) : nobody(visit.decision)),
      h("span", {class: "small number"}, clock(visit.first_seen)), decisionBadge(visit.decision)));
    return h("li", null, choice);
  }

  /** Scrolls only the list, so that the page does not move. */
  #reveal(row) {
    const {list} = this;
    if (list.scrollHeight <= list.clientHeight) return;
    list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 3;
  }
}
