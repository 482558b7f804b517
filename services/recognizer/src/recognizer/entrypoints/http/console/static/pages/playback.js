// The recording of one camera at one moment, with the names over it.

import {h, replace} from "../lib/dom.js";
import {clock} from "../lib/format.js";
import {link, setQuery} from "../lib/router.js";
import {confirmed, empty, showError} from "../lib/ui.js";
import {controls} from "../playback/controls.js";
import {Player} from "../playback/player.js";
import {Recordings, iso} from "../playback/recordings.js";
import {SideList} from "../playback/side_list.js";
import {Visits} from "../playback/visits.js";

const NOTHING_LATER = "Nothing is recorded at this time or later. Old recordings are removed.";

export const title = "Playback";

/** `#/playback/DEVICE?at=TIME`; without a time, the newest recording. */
export async function render({main, path: [device = ""], query, signal}) {
  const recordings = new Recordings(device, signal);
  const heading = h("div", {class: "row"},
    h("h1", {class: "grow"}, "Recording of ", h("bdi", null, device)),
    h("a", {href: link("sightings", {device})}, "All sightings of this camera"));
  const at = await start(recordings, query.get("at"));
  if (at === null) {
    replace(main, heading, empty("Nothing is recorded here", "This camera has sent no video yet, or its videos were deleted."));
    return;
  }
  const page = new PlaybackPage(device, recordings, signal);
  replace(main, heading, page.element);
  await page.begin(at);
}

async function start(recordings, asked) {
  const moment = Date.parse(asked ?? "");
  if (!Number.isNaN(moment)) return moment;
  return (await recordings.newest())?.start ?? null;
}

class PlaybackPage {
  constructor(device, recordings, signal) {
    this.visits = new Visits(device, signal);
    this.status = h("p", {class: "message", role: "status", hidden: true});
    this.player = new Player(recordings, {
      moment: (at) => this.#passes(at),
      say: (text) => this.#say(text),
      state: () => this.controls.state(this.player.playing),
    }, signal);
    const guarded = (work) => (...given) => work(...given).catch(showError);
    this.controls = controls({
      toggle: guarded(async () => this.#toggle()),
      skip: guarded(async (ms) => { await this.player.skip(ms); this.#remember(); }),
      previous: guarded(() => this.#step("previous", "Nobody was seen before this.")),
      next: guarded(() => this.#step("next", "Nobody was seen after this.")),
      open: guarded((moment) => this.#open(moment)),
      remove: guarded(() => this.#delete()),
    }, signal);
    this.list = new SideList(guarded((moment) => this.#open(moment)));
    this.element = h("div", {class: "playback"},
      h("div", {class: "stack"}, this.player.element, this.status, this.controls.element), this.list.element);
    signal.addEventListener("abort", () => this.player.close());
  }

  /** Shows the moment and starts to play, while the list beside it loads. */
  async begin(moment) { await Promise.all([this.#play(moment), this.#around(moment)]); }

  async #play(moment) {
    if (await this.player.open(moment)) await this.player.play();
    else this.#say(NOTHING_LATER);
  }

  async #open(moment) {
    await Promise.all([this.player.open(moment), this.#around(moment)]);
    this.#remember();
  }

  async #step(way, none) {
    const from = this.player.moment ?? 0;
    const moment = await this.visits[way](from);
    if (moment === null) { this.#say(none); return; }
    await this.#open(moment);
  }

  async #toggle() {
    if (!this.player.playing) { await this.player.play(); return; }
    this.player.pause();
    this.#remember();
  }

  async #delete() {
    const {segment} = this.player;
    if (!segment) return;
    this.player.pause();
    const yes = await confirmed({
      title: "Delete this segment?",
      text: `This deletes the video from ${clock(iso(segment.start))} to ${clock(iso(segment.end))}. It can't be undone. `
        + "The list of who was seen stays.",
      yes: "Delete the segment", danger: true,
    });
    if (!yes || segment !== this.player.segment) return;
    if (!(await this.player.remove())) this.#say(NOTHING_LATER);
    this.#remember();
  }

  #say(text) { this.status.textContent = text; this.status.hidden = !text; }

  /** Keeps the moment in the address. */
  #remember() { if (this.player.moment !== null) setQuery({at: iso(this.player.moment)}); }

  #passes(moment) {
    this.controls.moment(moment);
    this.list.mark(moment);
    if (!this.reading && (moment < this.visits.from || moment >= this.visits.to)) {
      this.reading = this.#around(moment).catch(showError).finally(() => { this.reading = null; });
    }
  }

  async #around(moment) {
    if (!(await this.visits.around(moment))) return;
    this.list.draw(this.visits.list);
    this.controls.cover(this.visits.from, this.visits.to);
    this.list.mark(moment);
  }
}
