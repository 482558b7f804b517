// A camera's state in words, from its last report.

import {bytes, duration, many, number} from "../lib/format.js";

const SILENT_MS = 180_000;
const KINDS = {demo: "demo video", picamera: "Raspberry Pi camera", file: "video file", webcam: "webcam", rtsp: "network camera"};

/**
 * A camera's state in a word, and advice if there is something to do.
 * @param {object} device as `GET /v1/devices` returns it
 * @param {number} now milliseconds since 1970
 * @returns {{word: string, kind: string, advice: string|null}}
 */
export function stateOf(device, now) {
  const {status} = device;
  if (!status) return device.last_seen_at ? NO_REPORT : NEVER;
  if (status.stopped) return {word: "Stopped", kind: "", advice: "Its recorder was stopped. Start it again to film."};
  const silent = now - new Date(device.status_at).getTime();
  if (silent > Math.max(SILENT_MS, status.interval_s * 3000)) {
    return {word: "Silent", kind: "bad", advice: `It has not reported for ${duration(silent)}. Check its power and its network.`};
  }
  return awake(status);
}

const NEVER = {word: "Not connected yet", kind: "", advice: "It has never connected. Give its recorder the settings that were shown when you added it."};
const NO_REPORT = {word: "No report yet", kind: "warning", advice: "It sends pictures, but no status. Its recorder may be an older release."};

function awake({camera, recognition, uploads, queue}) {
  if (camera.state === "away") return {word: "Camera away", kind: "bad", advice: because("The camera gives no picture; the recorder keeps trying", camera)};
  if (camera.state === "starting") return {word: "Starting", kind: "warning", advice: null};
  if (recognition.state === "away") return {word: "Filming", kind: "warning", advice: because("It films, but nobody is recognised", recognition)};
  if (uploads.state === "away") return {word: "Filming", kind: "warning", advice: because("It films; its video waits on its disk and is uploaded later", uploads)};
  if (queue?.lost_s > 0) return {word: "Filming", kind: "warning", advice: "Some video was lost because its disk was full."};
  if (recognition.state === "paused") return {word: "Filming", kind: "", advice: "Recognition was paused at the camera."};
  return {word: "Filming", kind: "good", advice: null};
}

const because = (sentence, part) => (part.reason ? `${sentence}: ${part.reason}` : `${sentence}.`);

/** A report as pairs of a name and a text. */
export function facts({camera, queue, disk, version, uptime_s, temperature_c}) {
  return [
    ["Camera", [KINDS[camera.kind] ?? camera.kind, camera.width && `${camera.width} × ${camera.height}`,
      camera.fps !== null && camera.fps !== undefined && `${number(camera.fps)} frames per second`].filter(Boolean).join(", ")],
    ["Waiting", queue ? waiting(queue) : "unknown"],
    queue?.lost_s > 0 && ["Lost", `${duration(queue.lost_s * 1000)} of video, because the disk was full`],
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
