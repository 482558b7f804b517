// The visits around the moment that is played, oldest first, and the way from one to the next.

import {all, get} from "../lib/api.js";
import {iso} from "./recordings.js";
import {cameBefore} from "./ways.js";

const MINUTE = 60_000;
const AROUND_MS = 15 * MINUTE;
/** How far the next visit is looked for, in steps; each is a list that is read whole. */
const AHEAD_MS = [60 * MINUTE, 6 * 60 * MINUTE, 48 * 60 * MINUTE, 20 * 24 * 60 * MINUTE, 400 * 24 * 60 * MINUTE];
/** Who goes back within a visit's first moments means the one before. */
const BEGINNING_MS = 2000;

export class Visits {
  constructor(device, signal) {
    this.device = device;
    this.signal = signal;
    this.list = [];
    this.from = this.to = 0;
  }

  /** Reads what lies around the moment, unless it is there; whether the list is another now. */
  async around(moment) {
    if (moment >= this.from && moment < this.to) return false;
    [this.from, this.to] = [moment - AROUND_MS, moment + AROUND_MS];
    const {from, to} = this;
    const found = await this.#between(await cameBefore(from, this.device, this.signal), to);
    this.list = found.filter((visit) => Date.parse(visit.last_seen) >= from);
    return true;
  }

  /** When the first visit after the moment begins, or null. */
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

  /** When the visit before the moment began, or null. */
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

/** A visit's first moment, in milliseconds since 1970. */
export const begins = (visit) => Date.parse(visit.first_seen);

/** Whether somebody is seen at that moment, or was just now. */
export const holds = (visit, moment) => moment >= begins(visit) - 1 && moment < Date.parse(visit.last_seen) + 1500;
