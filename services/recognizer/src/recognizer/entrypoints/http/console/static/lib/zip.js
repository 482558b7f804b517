// Joins several zip files into one with fflate, which is not a module but a global.

import "../vendor/fflate/fflate.js";

const {Zip, ZipDeflate, ZipPassThrough, unzipSync} = globalThis.fflate;
const MOST_FILES = 0xffff, MOST_BYTES = 0xffffffff; // fflate writes no zip64
const COMPRESSED = /\.(jpg|png|webp)$/;
const DATE = new Date(1980, 0, 1); // as in the parts: the same data gives the same file

/**
 * One zip of all files in these; null if a plain zip (not zip64) can't hold them.
 * @param {Blob[]} parts zips with distinct file names
 * @returns {Promise<Blob|null>}
 */
export async function joined(parts) {
  if (parts.length === 1) return parts[0];
  const pieces = [];
  let written = [], files = 0;
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    written.push(bytes);
  });
  for (const part of parts) {
    for (const [name, content] of await unzipped(part)) {
      add(zip, name, content);
      files += 1;
    }
    pieces.push(new Blob(written)); // a browser may move it from memory to the disk
    written = [];
  }
  if (files > MOST_FILES) return null;
  zip.end();
  const whole = new Blob([...pieces, ...written], {type: "application/zip"});
  return whole.size > MOST_BYTES ? null : whole;
}

async function unzipped(part) {
  const bytes = new Uint8Array(await part.arrayBuffer());
  try {
    return Object.entries(unzipSync(bytes));
  } catch (error) {
    throw new Error("A part of the download is damaged. Try again.", {cause: error});
  }
}

function add(zip, name, content) {
  const file = COMPRESSED.test(name) ? new ZipPassThrough(name) : new ZipDeflate(name);
  file.mtime = DATE;
  zip.add(file);
  file.push(content, true);
}
