// What is said of unknown people, in the words of somebody who explains it.

import {many} from "../lib/format.js";

const WHY = {
  too_small: "it was too far away",
  blurred: "it is blurred",
  too_dark: "it is too dark",
  too_bright: "it is too bright",
  turned_away: "it is turned away from the camera",
};

/** How long pictures are kept; 0 days: none are. */
export function keptFor(days) {
  if (days === 0) {
    return "No pictures of faces are kept here (RECOGNIZER_CROP_DAYS is 0), so unknown people can't be named.";
  }
  return `A small picture of each face that a camera sees is kept for ${many(days, "day")}, and then forgotten ` +
    "(RECOGNIZER_CROP_DAYS). Here are those without a name: one row is one person, as far as it can be told.";
}

/** Why a face can't become a photo, as a sentence; nothing if it can. */
export function tooPoor(quality) {
  if (quality.accepted) return null;
  const reasons = quality.reasons.map((reason) => WHY[reason] ?? reason).join(", and ");
  return `No picture is good enough to know this person by: ${reasons}. Wait for a better one, or take a photo on the person's page.`;
}

/** How often somebody was seen. */
export const visits = (count) => many(count, "visit");
