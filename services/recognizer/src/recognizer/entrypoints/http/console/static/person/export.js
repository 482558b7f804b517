// Everything of one person as a file: it comes in parts, and is put together here.

import {download, part} from "../lib/api.js";
import {save} from "../lib/ui.js";
import {joined} from "../lib/zip.js";

const NEXT = /<\?after=([^>&]+)>;\s*rel="next"/;

/**
 * Saves one zip, or, if that would be too large for one, a file for each part.
 * @param {string} label
 * @param {{told: (parts: number, bytes: number) => void}} options what has come so far
 * @returns {Promise<number>} how many files were saved
 */
export async function saveExport(label, {told}) {
  const parts = [];
  let after = null, bytes = 0;
  do {
    const {blob, headers} = await download(`/v1/people/${part(label)}/export`, {after});
    parts.push(blob);
    bytes += blob.size;
    told(parts.length, bytes);
    after = headers.get("link")?.match(NEXT)?.[1] ?? null;
  } while (after);
  const whole = await joined(parts);
  if (whole) save(whole, `${label}.zip`);
  else parts.forEach((one, index) => save(one, `${label}-${index + 1}.zip`));
  return whole ? 1 : parts.length;
}
