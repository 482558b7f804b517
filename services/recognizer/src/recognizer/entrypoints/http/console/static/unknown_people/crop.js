// Where the pictures of faces lie.

import {part} from "../lib/api.js";

/** The small picture of a face that was seen. */
export const crop = (face) => `/v1/sightings/${part(face.sighting)}/crop`;
