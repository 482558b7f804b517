// The audit log in words.

import {many} from "../lib/format.js";

/** The actions in words, in the order of the filter. */
export const ACTIONS = {
  person_created: "Person added",
  person_changed: "Record changed",
  person_deleted: "Person deleted",
  person_merged: "Person merged, or label changed",
  person_exported: "Data downloaded",
  photo_added: "Photo added",
  photo_removed: "Photo removed",
  photos_embedded_again: "Photos embedded again",
  device_added: "Camera added",
  device_removed: "Camera removed",
  admin_token_made: "New admin token made",
  signed_in: "Signed in",
  signed_out: "Signed out",
  sign_in_refused: "Sign-in refused",
  unknown_person_named: "Unknown person named",
  unknown_person_ignored: "Unknown person ignored",
  sighting_corrected: "Wrong name corrected",
  video_removed: "Video segment deleted",
  videos_pruned: "Old video deleted",
};

/** A newer recognizer may know more actions than this page. */
export const whatWasDone = (entry) => ACTIONS[entry.action] ?? entry.action.replaceAll("_", " ");

const VIA = {token: "by a token", session: "in the console", store: "at the server itself"};

/** Who made the change, and by which access. */
export const who = (entry) => {
  const name = entry.actor === "admin" ? "Admin" : entry.actor === "somebody" ? "Somebody" : entry.actor;
  return `${name}, ${VIA[entry.via] ?? entry.via}`;
};

/** How much was changed. */
export function howMuch({into, photos, sightings, videos}) {
  return [
    into && `into ${into}`,
    photos && many(photos, "photo"),
    sightings && many(sightings, "sighting"),
    videos && many(videos, "segment"),
  ].filter(Boolean).join(", ");
}
