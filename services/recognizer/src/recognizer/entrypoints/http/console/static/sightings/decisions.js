// What is said of a face, in words.

import {badge} from "../lib/ui.js";

const WORDS = {match: "recognized", uncertain: "not sure", unknown: "unknown"};

/** The decisions with their words, as a choice offers them. */
export const DECISIONS = Object.entries(WORDS);

/** A decision as a badge. */
export const decisionBadge = (decision) => badge(WORDS[decision], decision);

/** What to call somebody without a name. */
export const nobody = (decision) => (decision === "uncertain" ? "Not sure who" : "Unknown person");
