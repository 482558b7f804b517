// Everything stored about one person as a file: downloads the parts and joins them.

import {download, part} from "../lib/api.js";
import {save} from "../lib/ui.js";
import {joined} from "../lib/zip.js";

const NEXT = /<\?after=([^>&]+)>;\s*rel="next"/;

/**
 * Saves one zip file, or one for each part if they are too large to join.
 * @param {string} label
 * @param {{progressed: (parts: number, bytes: number) => void}} options `progressed` is called after each part
 * @returns {Promise<number>} the number of saved files
 */
export async function saveExport(label, {progressed}) {
  const parts = [];
  let after = null, bytes = 0;
  do {
    const {blob, headers} = await download(`/v1/people/${part(label)}/export`, {after});
    parts.push(blob);
    bytes += blob.size;
    progressed(parts.length, bytes);
    after = headers.get("link")?.match(NEXT)?.[1] ?? null;
  } while (after);
  const whole = await joined(parts);
  if (whole) save(whole, `${label}.zip`);
  else parts.forEach((one, index) => save(one, `${label}-${index + 1}.zip`));
  return whole ? 1 : parts.length;
}
