// A picture taken by the computer's own camera.

import {h, replace} from "../lib/dom.js";
import {button, dialog, message} from "../lib/ui.js";
import {drawn} from "./shrink.js";

const REASONS = {
  NotAllowedError: "The browser may not use the camera. Allow it at the left of the address, then try again.",
  NotFoundError: "No camera was found. Connect one, then try again.",
  NotReadableError: "Another program uses the camera. Close it, then try again.",
};

/**
 * Opens a window with the camera's picture, as in a mirror.
 * @param {{signal: AbortSignal, taken: (picture: Blob) => void}} options `signal` of the page; the
 *   camera is let go when the window closes, however that happens.
 */
export async function takePicture({signal, taken}) {
  const video = h("video", {class: "mirror", muted: true, autoplay: true, playsinline: true, "aria-label": "What the camera sees"});
  video.muted = true;
  const place = h("div", null, message("The camera starts …"));
  const shoot = button("Take the picture", {kind: "primary", icon: "camera", onclick: async () => {
    const picture = await drawn(video);
    window_.close();
    taken(new File([picture], "from the camera.jpg", {type: picture.type}));
  }});
  shoot.disabled = true;
  const window_ = dialog("Take a picture", place,
    h("div", {class: "actions"}, button("Close", {onclick: () => window_.close()}), shoot));
  const closing = closed(window_.element);
  signal.addEventListener("abort", window_.close, {signal: closing});
  try {
    video.srcObject = await stream(closing);
    await video.play();
  } catch (error) {
    if (!closing.aborted) replace(place, message(REASONS[error.name] ?? error.message, "bad"));
    return;
  }
  replace(place, video, h("p", {class: "muted small"}, "Look straight into the camera, with light from the front."));
  shoot.disabled = false;
  shoot.focus();
}

/** Aborts when the window is closed. */
function closed(window_) {
  const closing = new AbortController();
  window_.addEventListener("close", () => closing.abort());
  return closing.signal;
}

/** The camera's stream; it is let go when `closing` aborts, even before it came. */
async function stream(closing) {
  if (!navigator.mediaDevices) {
    throw new Error("Browsers give the camera only to pages over https, or on this computer itself (localhost).");
  }
  const found = await navigator.mediaDevices.getUserMedia({video: {facingMode: "user", width: {ideal: 1280}, height: {ideal: 960}}});
  const release = () => found.getTracks().forEach((track) => track.stop());
  if (closing.aborted) release();
  closing.addEventListener("abort", release);
  return found;
}
