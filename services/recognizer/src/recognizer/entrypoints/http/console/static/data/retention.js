// How long each thing is kept, in words.

import {h} from "../lib/dom.js";
import {many, number} from "../lib/format.js";

/** How long video is kept, from `GET /v1/retention`. An older recognizer does not send `video_gb`. */
export function videoTime({video_days: days, video_gb: gb = null}) {
  const time = days === null ? "until somebody deletes them" : many(days, "day");
  return gb === null ? time : `${time}; the oldest are deleted earlier if all videos take more than ${number(gb)} GB or the disk is nearly full`;
}

/** The table of `GET /v1/retention`. */
export function retentionTable(kept) {
  const rows = [
    ["Records and photos of people", "until you delete the person"],
    ["Sightings: who was seen, when and where", `${many(kept.sighting_days, "day")}, or until you delete the person`],
    ["Recorded videos", videoTime(kept)],
    kept.crop_days !== null && ["Small pictures of faces that were seen, also of unknown people",
      kept.crop_days === 0 ? "not kept at all" : many(kept.crop_days, "day")],
    ["The audit log: who changed what (below)", `${many(kept.audit_days, "day")}, whatever else is deleted`],
    kept.statistics_days !== null && ["Counts of each day, for the page “Health”", many(kept.statistics_days, "day")],
    kept.session_hours !== null && ["Your sign-in to this console", many(kept.session_hours, "hour")],
  ];
  return h("section", {class: "card stack", "aria-labelledby": "retention"},
    h("h2", {id: "retention"}, "How long things are kept"),
    h("table", {class: "table stacked"},
      h("thead", null, h("tr", null, h("th", {scope: "col"}, "What"), h("th", {scope: "col"}, "How long"))),
      h("tbody", null, rows.filter(Boolean).map(([what, long]) =>
        h("tr", null, h("th", {scope: "row", class: "what"}, what), h("td", null, long))))),
    h("p", {class: "muted"}, "These are settings of the recognizer. The person who runs it can change them."));
}
