// The visits around the moment that is played, oldest first, and the next and previous visit.

import {all, get} from "../lib/api.js";
import {iso} from "./recordings.js";
import {cameBefore} from "./trajectories.js";

const MINUTE = 60_000;
const AROUND_MS = 15 * MINUTE;
/** How far the next visit is searched for, in steps; each step reads a whole list. */
const AHEAD_MS = [60 * MINUTE, 6 * 60 * MINUTE, 48 * 60 * MINUTE, 20 * 24 * 60 * MINUTE, 400 * 24 * 60 * MINUTE];
/** Going back this soon after a visit's start means the visit before. */
const BEGINNING_MS = 2000;

export class Visits {
  constructor(device, signal) {
    this.device = device;
    this.signal = signal;
    this.list = [];
    this.from = this.to = 0;
  }

  /** Loads the visits around the moment if needed. Returns whether the list changed. */
  async around(moment) {
    if (moment >= this.from && moment < this.to) return false;
    [this.from, this.to] = [moment - AROUND_MS, moment + AROUND_MS];
    const {from, to} = this;
    const found = await this.#between(await cameBefore(from, this.device, this.signal), to);
    this.list = found.filter((visit) => Date.parse(visit.last_seen) >= from);
    return true;
  }

  /** The start of the first visit after the moment, or null. */
  async next(moment) {
    const found = this.list.find((visit) => begins(visit) > moment + 1);
    if (found) return begins(found);
    let since = Math.max(moment + 1, this.to);
    for (const ahead of AHEAD_MS) {
      const [first] = (await this.#between(since, moment + ahead)).filter((visit) => begins(visit) > moment + 1);
      if (first) return begins(first);
      since = Math.max(since, moment + ahead);
    }
    return null;
  }

  /** The start of the visit before the moment, or null. */
  async previous(moment) {
    const found = this.list.findLast((visit) => begins(visit) >= this.from && begins(visit) < moment - BEGINNING_MS);
    if (found) return begins(found);
    const until = iso(Math.min(moment - BEGINNING_MS, this.from));
    const {visits} = await get("/v1/visits", {device: this.device, until, limit: 1}, {signal: this.signal});
    return visits.length ? begins(visits[0]) : null;
  }

  async #between(from, to) {
    if (from >= to) return [];
    const query = {device: this.device, since: iso(from), until: iso(to)};
    const found = [];
    for await (const visit of all("/v1/visits", query, (page) => page.visits, {signal: this.signal})) found.push(visit);
    return found.sort((one, other) => begins(one) - begins(other));
  }
}

/** A visit's start, in milliseconds since 1970. */
export const begins = (visit) => Date.parse(visit.first_seen);

/** Whether the visit contains the moment, with some tolerance at its end. */
export const holds = (visit, moment) => moment >= begins(visit) - 1 && moment < Date.parse(visit.last_seen) + 1500;
