// A camera's segments: the one that contains a moment, and the next one.

import {all, get, part, send} from "../lib/api.js";

const MINUTE = 60_000;
/** How far ahead the next segment is searched for, in steps; each step reads a whole list. */
const AHEAD_MS = [5 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE, 20 * 24 * 60 * MINUTE, 400 * 24 * 60 * MINUTE];
const FRESH_MS = 30_000;

/** Moments are milliseconds since 1970. */
export class Recordings {
  constructor(device, signal) {
    this.device = device;
    this.signal = signal;
    this.links = new Map();
    this.last = null;
  }

  /** The segment that contains the moment; null if there is none or it is not uploaded yet. */
  async at(moment) {
    const holds = this.last && moment >= this.last.start && moment < this.last.end;
    const found = holds ? this.last : await this.#newestBefore(moment + 1);
    return found && moment < found.end && await this.#plays(found) ? found : null;
  }

  /** The newest segment of all, or null. */
  async newest() {
    this.last = await this.#newestBefore(null);
    return this.last;
  }

  /** The segment before that one, or null. */
  before(segment) { return this.#newestBefore(segment.start); }

  /** The first segment that begins at the moment or later and is uploaded, or null. */
  async from(moment) {
    let since = moment;
    for (const ahead of AHEAD_MS) {
      const query = {device: this.device, since: iso(since), until: iso(moment + ahead)};
      const listed = [];
      for await (const video of all("/v1/videos", query, (page) => page.videos, {signal: this.signal})) listed.push(video);
      for (const segment of listed.map(asSegment).reverse()) if (await this.#plays(segment)) return segment;
      since = moment + ahead;
    }
    return null;
  }

  /** A link that plays the segment; it is requested again shortly before it expires. */
  async link(segment) {
    const kept = this.links.get(segment.key);
    if (kept && Date.parse(kept.expires_at) - Date.now() > FRESH_MS) return kept.url;
    const link = await get(`/v1/videos/${address(segment)}/url`, {}, {signal: this.signal});
    this.links.set(segment.key, link);
    return link.url;
  }

  /** Deletes the segment permanently. */
  async remove(segment) {
    await send("DELETE", `/v1/videos/${address(segment)}`);
    this.forget(segment);
    this.last = null;
  }

  /** Forgets a link that did not work. */
  forget(segment) { this.links.delete(segment.key); }

  async #plays(segment) {
    try {
      await this.link(segment);
      return true;
    } catch (error) {
      if (error.status === 404) return false;
      throw error;
    }
  }

  async #newestBefore(moment) {
    const query = {device: this.device, until: moment === null ? null : iso(moment), limit: 1};
    const {videos} = await get("/v1/videos", query, {signal: this.signal});
    return videos.length ? asSegment(videos[0]) : null;
  }
}

/** A moment as the API takes it. */
export const iso = (moment) => new Date(moment).toISOString();

const address = ({key}) => key.split("/").map(part).join("/");

function asSegment({key, started_at, duration_ms}) {
  const start = Date.parse(started_at);
  return {key, start, end: start + duration_ms};
}
