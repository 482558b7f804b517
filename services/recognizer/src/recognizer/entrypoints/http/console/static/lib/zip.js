// Joins several zip files into one without unpacking: all directory entries move to the end.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

const END = 0x06054b50, END_BYTES = 22;
const ENTRY = 0x02014b50, ENTRY_BYTES = 46, OFFSET_OF_FILE = 42;
const MOST_FILES = 0xffff, MOST_BYTES = 0xffffffff;

/**
 * One zip of all files in these; null if a plain zip (not zip64) can't hold them.
 * @param {Blob[]} parts zips without a comment, with distinct file names
 * @returns {Promise<Blob|null>}
 */
export async function joined(parts) {
  const files = [], entries = [];
  let count = 0, before = 0;
  for (const part of parts) {
    const {total, start, size} = await ending(part);
    const directory = await part.slice(start, start + size).arrayBuffer();
    moved(directory, before);
    files.push(part.slice(0, start));
    entries.push(directory);
    count += total;
    before += start;
  }
  const size = entries.reduce((sum, one) => sum + one.byteLength, 0);
  if (count > MOST_FILES || before + size > MOST_BYTES) return null;
  return new Blob([...files, ...entries, written(count, size, before)], {type: "application/zip"});
}

async function ending(part) {
  const view = new DataView(await part.slice(-END_BYTES).arrayBuffer());
  if (view.byteLength < END_BYTES || view.getUint32(0, true) !== END) throw new Error("A part of the download is damaged. Try again.");
  return {total: view.getUint16(10, true), size: view.getUint32(12, true), start: view.getUint32(16, true)};
}

/** Shifts the offset of each entry's file by so many bytes. */
function moved(directory, by) {
  const view = new DataView(directory);
  for (let at = 0; at < view.byteLength;) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("A part of the download is damaged. Try again.");
    view.setUint32(at + OFFSET_OF_FILE, view.getUint32(at + OFFSET_OF_FILE, true) + by, true);
    at += ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

function written(count, size, start) {
  const view = new DataView(new ArrayBuffer(END_BYTES));
  view.setUint32(0, END, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, start, true);
  return view.buffer;
}
