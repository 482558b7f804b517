// Texts about unknown people.

import {many} from "../lib/format.js";

const WHY = {
  too_small: "it was too far away",
  blurred: "it is blurred",
  too_dark: "it is too dark",
  too_bright: "it is too bright",
  turned_away: "it is turned away from the camera",
};

/** How long pictures are kept; 0 days means never. */
export function keptFor(days) {
  if (days === 0) {
    return "No pictures of faces are kept here (RECOGNIZER_CROP_DAYS is 0), so unknown people can't be named.";
  }
  return `A small picture of each face that a camera sees is kept for ${many(days, "day")}, and then deleted ` +
    "(RECOGNIZER_CROP_DAYS). This page shows faces without a name, grouped by person; the grouping can be wrong.";
}

/** Why a face can't become a photo, as a sentence; null if it can. */
export function tooPoor(quality) {
  if (quality.accepted) return null;
  const reasons = quality.reasons.map((reason) => WHY[reason] ?? reason).join(", and ");
  return `No picture is good enough to recognise this person: ${reasons}. Wait for a better one, or add the person on the page “People” and take a photo there.`;
}

/** How often somebody was seen. */
export const visits = (count) => many(count, "visit");
