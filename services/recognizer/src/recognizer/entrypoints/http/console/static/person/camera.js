// Takes a picture with this computer's camera.

import {h, replace} from "../lib/dom.js";
import {button, dialog, message} from "../lib/ui.js";
import {drawn} from "./shrink.js";

const REASONS = {
  NotAllowedError: "The browser may not use the camera. Allow it beside the address bar, then try again.",
  NotFoundError: "No camera was found. Connect one, then try again.",
  NotReadableError: "Another program uses the camera. Close it, then try again.",
};

/**
 * Opens a dialog with the camera's picture, mirrored.
 * @param {{signal: AbortSignal, taken: (picture: Blob) => void}} options `signal` of the page; the
 *   camera is released whenever the dialog closes.
 */
export async function takePicture({signal, taken}) {
  const video = h("video", {class: "mirror", muted: true, autoplay: true, playsinline: true, "aria-label": "What the camera sees"});
  video.muted = true;
  const place = h("div", null, message("Starting the camera …"));
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

/** A signal that aborts when the dialog closes. */
function closed(window_) {
  const closing = new AbortController();
  window_.addEventListener("close", () => closing.abort());
  return closing.signal;
}

/** The camera's stream; it is released when `closing` aborts, even before it starts. */
async function stream(closing) {
  if (!navigator.mediaDevices) {
    throw new Error("Browsers allow the camera only on pages over https or on this computer (localhost).");
  }
  const found = await navigator.mediaDevices.getUserMedia({video: {facingMode: "user", width: {ideal: 1280}, height: {ideal: 960}}});
  const release = () => found.getTracks().forEach((track) => track.stop());
  if (closing.aborted) release();
  closing.addEventListener("abort", release);
  return found;
}
