// Makes pictures fit the recognizer's limits and formats.

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_PIXELS = 25_000_000;
const SENT_PIXELS = 12_000_000;
const SMALLER = 0.75;
const QUALITY = 0.92;
const READ = ["image/jpeg", "image/png", "image/webp"];

/**
 * The picture itself if it can be sent as it is, else a JPEG of it, scaled down as needed.
 * A file that the browser can't show is sent as it is: the recognizer says what is wrong with it.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export async function sendable(file) {
  const picture = await decoded(file);
  if (picture === null) return READ.includes(file.type) ? file : new Blob([file], {type: READ[0]});
  try {
    const fits = READ.includes(file.type) && file.size <= MAX_BYTES && picture.width * picture.height <= MAX_PIXELS;
    return fits ? file : await scaled(picture);
  } finally {
    picture.close();
  }
}

async function decoded(file) {
  try {
    return await createImageBitmap(file); // upright, as EXIF says
  } catch {
    return null; // not a picture, or not one that this browser supports
  }
}

async function scaled(picture) {
  let scale = Math.min(1, Math.sqrt(SENT_PIXELS / (picture.width * picture.height)));
  for (;;) {
    const blob = await drawn(picture, scale);
    if (blob.size <= MAX_BYTES) return blob;
    scale *= SMALLER;
  }
}

/** The picture, or a video's current frame, as a JPEG. */
export function drawn(picture, scale = 1) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round((picture.videoWidth ?? picture.width) * scale));
  canvas.height = Math.max(1, Math.round((picture.videoHeight ?? picture.height) * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // behind what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
}
