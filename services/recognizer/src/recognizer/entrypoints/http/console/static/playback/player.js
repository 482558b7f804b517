// Plays a camera's recording: segment after segment, with the boxes of the faces.

import {h} from "../lib/dom.js";
import {clock, duration} from "../lib/format.js";
import {iso} from "./recordings.js";
import {Overlay} from "./overlay.js";
import {seenIn} from "./trajectories.js";

/** Segments that follow each other this closely have no gap between them. */
const GAP_MS = 1500;
/** A segment that fails twice within this distance is broken; its link has not just expired. */
const SAME_PLACE_MS = 1000;
const NO_VIDEO = "Nothing more is recorded after this.";
const REMOVED = "This part of the recording was removed: it was too old, or somebody deleted it.";

/**
 * Moments are milliseconds since 1970.
 * `events.moment(at)` is called as time passes, `events.say(text)` when there is something to say,
 * `events.state()` when it starts or stops.
 */
export class Player {
  constructor(recordings, events, signal) {
    this.recordings = recordings;
    this.events = events;
    this.signal = signal;
    this.segment = null;
    this.wanted = false;
    this.turn = 0;
    this.sought = 0;
    this.failedAt = -Infinity;
    this.renewing = null;
    this.overlay = new Overlay();
    this.video = h("video", {playsinline: true, muted: true, preload: "auto", "aria-label": "The recording"});
    this.video.muted = true;
    this.element = h("div", {class: "screen"}, this.video, this.overlay.element);
    this.#listen();
  }

  /** The moment that is shown, or null. */
  get moment() { return this.segment && this.segment.start + this.video.currentTime * 1000; }

  get playing() { return this.wanted; }

  /** Shows the moment, or the next recorded one. Returns whether there is one. */
  async open(moment) {
    const inside = this.segment && moment >= this.segment.start && moment < this.segment.end;
    const turn = (this.turn += 1);
    const segment = inside ? this.segment : await this.recordings.at(moment) ?? await this.recordings.from(moment);
    if (turn !== this.turn) return true;
    if (!segment) { this.events.say(this.segment ? NO_VIDEO : ""); return false; }
    if (segment.start > moment + GAP_MS) this.events.say(`There is no recording of ${clock(iso(moment))}. The next recording begins ${duration(segment.start - moment)} later.`);
    else this.events.say("");
    await this.#show(segment, Math.max(0, moment - segment.start), turn);
    return true;
  }

  /** Moves by so many milliseconds, forward or back. */
  async skip(ms) {
    if (!this.segment) return;
    const to = this.moment + ms;
    if (to >= this.segment.start) { await this.open(to); return; }
    const before = await this.recordings.before(this.segment);
    if (before) await this.open(Math.max(before.start, Math.min(to, before.end - 1)));
    else await this.open(this.segment.start);
  }

  /** Deletes the current segment and shows the next one. Returns whether there is one. */
  async remove() {
    const {segment} = this;
    this.pause();
    await this.recordings.remove(segment);
    this.clear();
    return this.open(segment.start);
  }

  /** Shows nothing. */
  clear() {
    this.turn += 1;
    this.segment = null;
    this.overlay.use({tracks: [], sightings: []});
    this.close();
  }

  /** Plays; at the end of a segment it continues with the next one. */
  async play() {
    this.wanted = true;
    this.events.state();
    if (this.video.ended) return this.#next();
    if (this.video.error) {
      this.failedAt = -Infinity; // another click is another try
      this.events.say("");
      return this.#again();
    }
    try {
      await this.video.play();
    } catch (error) {
      if (error.name === "NotAllowedError") this.pause(); // the browser wants a click first
      else if (error.name !== "AbortError" && error.name !== "NotSupportedError") throw error;
    }
    return undefined;
  }

  pause() {
    this.wanted = false;
    this.video.pause();
    this.events.state();
  }

  /** Stops the video and its downloads. */
  close() {
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }

  #listen() {
    const {video} = this;
    video.addEventListener("timeupdate", () => this.#drawn());
    video.addEventListener("seeked", () => this.#drawn());
    video.addEventListener("loadedmetadata", () => this.element.style.setProperty("--ratio", String(video.videoWidth / video.videoHeight)));
    video.addEventListener("ended", () => { if (this.wanted) this.#next().catch((error) => this.#failed(error)); });
    video.addEventListener("error", () => this.#again().catch((error) => this.#failed(error)));
    const frame = () => {
      if (this.signal.aborted) return;
      if (!video.paused) this.#drawn();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #drawn() {
    if (!this.segment || this.loading) return;
    this.overlay.show(this.moment);
    this.events.moment(this.moment);
  }

  async #show(segment, offset, turn) {
    if (segment !== this.segment || this.video.error) {
      const url = await this.recordings.link(segment);
      if (turn !== this.turn || this.signal.aborted) return;
      this.loading = true;
      this.segment = segment;
      this.failedAt = -Infinity;
      this.overlay.use({tracks: [], sightings: []});
      this.video.src = url;
      this.#fill(segment).catch((error) => { if (error.name !== "AbortError") this.events.say(error.message); });
    }
    await this.#seek(offset);
    if (turn !== this.turn) return;
    if (this.wanted) await this.play();
    this.recordings.from(follows(segment)).catch(() => {}); // fetches its link in advance
  }

  /** Loads the segment's boxes and names while the video loads; drops them if another one is shown. */
  async #fill(segment) {
    const seen = await seenIn(segment, this.recordings.device, this.signal);
    if (segment !== this.segment) return;
    this.overlay.use(seen);
    this.#drawn();
  }

  /** Resolves when the frame at that offset is shown. */
  async #seek(offset) {
    const {video} = this;
    this.sought = offset;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) await once(video, ["loadedmetadata", "error"]);
    this.loading = false;
    if (video.error) return;
    video.currentTime = Math.min(offset / 1000, Math.max(0, video.duration - 0.05));
    await once(video, ["seeked", "error"]);
  }

  async #next() {
    const {segment} = this;
    const turn = (this.turn += 1);
    const next = await this.recordings.from(follows(segment));
    if (turn !== this.turn) return;
    if (!next) { this.events.say(NO_VIDEO); this.pause(); return; }
    const gap = next.start - segment.end;
    this.events.say(gap > GAP_MS ? `Nothing was recorded for ${duration(gap)}.` : "");
    await this.#show(next, 0, turn);
  }

  /** Requests a new link: links expire, for example during a long pause. */
  #again() { return (this.renewing ??= this.#renewed().finally(() => { this.renewing = null; })); }

  async #renewed() {
    const {segment, turn} = this;
    if (!segment || this.signal.aborted) return;
    const offset = this.video.currentTime * 1000 || this.sought;
    if (Math.abs(offset - this.failedAt) < SAME_PLACE_MS) { this.#broken(); return; }
    this.recordings.forget(segment);
    const url = await this.recordings.link(segment);
    if (turn !== this.turn || this.signal.aborted) return;
    this.loading = true;
    this.failedAt = offset;
    this.video.src = url;
    await this.#seek(offset);
    if (turn !== this.turn) return;
    if (this.video.error) this.#broken();
    else if (this.wanted) await this.play();
  }

  #broken() {
    this.events.say("This part of the recording can't be played.");
    this.pause();
  }

  #failed(error) {
    if (error.name === "AbortError") return;
    this.events.say(error.code === "video_not_found" ? REMOVED : error.message);
    this.pause();
  }
}

/** The earliest start of the next segment; clocks are not exact. */
const follows = ({start, end}) => Math.max(start + 1, end - GAP_MS / 3);

function once(target, names) {
  return new Promise((resolve) => {
    const done = () => { names.forEach((name) => target.removeEventListener(name, done)); resolve(); };
    names.forEach((name) => target.addEventListener(name, done));
  });
}
