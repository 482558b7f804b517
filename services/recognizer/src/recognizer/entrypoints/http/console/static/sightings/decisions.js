// Decisions in words.

import {badge} from "../lib/ui.js";

const WORDS = {match: "recognized", uncertain: "not sure", unknown: "unknown"};

/** The decisions with their words, for a select. */
export const DECISIONS = Object.entries(WORDS);

/** A decision as a badge. */
export const decisionBadge = (decision) => badge(WORDS[decision], decision);

/** The title of somebody without a name. */
export const nobody = (decision) => (decision === "uncertain" ? "Not sure who" : "Unknown person");
