// What is said of a camera, from what it last reported.

import {bytes, duration, many, number} from "../lib/format.js";

const SILENT_MS = 180_000;
const KINDS = {demo: "demo video", picamera: "Raspberry Pi camera", file: "video file", webcam: "webcam", rtsp: "network camera"};

/**
 * How a camera fares, in a word, and a sentence if there is something to do.
 * @param {object} device as `GET /v1/devices` tells it
 * @param {number} now milliseconds since 1970
 * @returns {{word: string, kind: string, advice: string|null}}
 */
export function stateOf(device, now) {
  const {status} = device;
  if (!status) return device.last_seen_at ? NO_REPORT : NEVER;
  if (status.stopped) return {word: "Stopped", kind: "", advice: "Its recorder was stopped. Start it again to film."};
  const silent = now - new Date(device.status_at).getTime();
  if (silent > Math.max(SILENT_MS, status.interval_s * 3000)) {
    return {word: "Silent", kind: "bad", advice: `Nothing was heard from it for ${duration(silent)}. Is it switched on, and does its network work?`};
  }
  return awake(status);
}

const NEVER = {word: "Not connected yet", kind: "", advice: "It has never called. Give its recorder the settings that were shown when it was added."};
const NO_REPORT = {word: "No report yet", kind: "warning", advice: "It asks, but does not say how it fares. Its recorder may be an older one."};

function awake({camera, recognition, uploads, queue}) {
  if (camera.state === "away") return {word: "Camera away", kind: "bad", advice: because("Its camera gives no picture and is tried again", camera)};
  if (camera.state === "starting") return {word: "Starting", kind: "warning", advice: null};
  if (recognition.state === "away") return {word: "Filming", kind: "warning", advice: because("It films, but nobody is recognised", recognition)};
  if (uploads.state === "away") return {word: "Filming", kind: "warning", advice: because("It films; its video waits on its disk and is sent later", uploads)};
  if (queue?.lost_s > 0) return {word: "Filming", kind: "warning", advice: "Some video was lost for want of room on its disk."};
  if (recognition.state === "paused") return {word: "Filming", kind: "", advice: "Recognition was paused at the camera."};
  return {word: "Filming", kind: "good", advice: null};
}

const because = (sentence, part) => (part.reason ? `${sentence}: ${part.reason}` : `${sentence}.`);

/** The facts of a report: pairs of a name and a text. */
export function facts({camera, queue, disk, version, uptime_s, temperature_c}) {
  return [
    ["Camera", [KINDS[camera.kind] ?? camera.kind, camera.width && `${camera.width} × ${camera.height}`,
      camera.fps !== null && camera.fps !== undefined && `${number(camera.fps)} pictures a second`].filter(Boolean).join(", ")],
    ["Waiting", queue ? waiting(queue) : "not known"],
    queue?.lost_s > 0 && ["Lost", `${duration(queue.lost_s * 1000)} of video, for want of room`],
    ["Disk", disk ? `${bytes(disk.free_bytes)} of ${bytes(disk.total_bytes)} free` : "can't be read"],
    temperature_c !== null && temperature_c !== undefined && ["Processor", `${Math.round(temperature_c)} °C`],
    ["Running for", duration(uptime_s * 1000)],
    ["Version", version],
  ].filter(Boolean);
}

function waiting({segments, bytes: size, oldest_at}) {
  if (!segments) return "nothing, all video is stored";
  const since = oldest_at ? `, the oldest ${duration(Math.max(0, Date.now() - new Date(oldest_at).getTime()))} old` : "";
  return `${many(segments, "segment")} (${bytes(size)})${since}`;
}
