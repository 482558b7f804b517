// URLs of face crops.

import {part} from "../lib/api.js";

/** The crop of a face that was seen. */
export const crop = (face) => `/v1/sightings/${part(face.sighting)}/crop`;
