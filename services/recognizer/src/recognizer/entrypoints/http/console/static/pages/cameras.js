// The cameras: their last reported status; add one, revoke one.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {ago, many, moment} from "../lib/format.js";
import {badge, button, confirmed, empty, message, more, notice} from "../lib/ui.js";
import {addCamera} from "../cameras/add.js";
import {facts, stateOf} from "../cameras/state.js";

const AGAIN_MS = 15_000;
const AT_ONCE = 60;

export const title = "Cameras";

/** Draws the page, and refreshes it until `signal` aborts. */
export async function render({main, signal}) {
  const summary = h("p", {class: "muted"});
  const list = h("ul", {class: "grid cameras"});
  const rest = h("div");
  const page = {devices: [], cards: new Map(), shown: AT_ONCE, list, rest, summary};
  const load = async () => {
    page.devices = (await get("/v1/devices", {}, {signal})).devices;
    draw(page, load);
  };
  const add = () => addCamera(() => load().catch(() => {})); // the next refresh tries again
  page.add = add;
  await load();
  if (signal.aborted) return;
  replace(main, h("div", {class: "row"}, h("h1", {class: "grow"}, "Cameras"),
    button("Add a camera", {kind: "primary", icon: "plus", onclick: add})), summary, list, rest);
  keepFresh(page, load, signal);
}

function keepFresh(page, load, signal) {
  const offline = message("The recognizer does not answer. This page shows old data.", "warning");
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      await load();
      offline.remove();
    } catch (error) {
      if (error.name !== "AbortError") page.summary.after(offline);
    }
  }, AGAIN_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function draw(page, load) {
  const {devices, cards, list, rest, summary, shown} = page;
  const now = Date.now();
  const silent = devices.filter((device) => stateOf(device, now).kind === "bad").length;
  summary.textContent = devices.length ? `${many(devices.length, "camera")}${silent ? `, ${silent} ${silent === 1 ? "needs" : "need"} attention` : ""}` : "";
  const wanted = devices.slice(0, shown);
  const names = new Set(wanted.map((device) => device.name));
  for (const [name, card] of cards) if (!names.has(name)) { card.element.remove(); cards.delete(name); }
  wanted.forEach((device, place) => {
    if (!cards.has(device.name)) cards.set(device.name, makeCard(device.name, load));
    const card = cards.get(device.name);
    if (list.children[place] !== card.element) list.insertBefore(card.element, list.children[place] ?? null);
    card.update(device, now);
  });
  if (!devices.length) replace(rest, empty("No camera yet", "Add one: give it a name, and copy the settings to its recorder.", button("Add a camera", {kind: "primary", onclick: page.add})));
  else if (devices.length > shown) replace(rest, more(async () => { page.shown += AT_ONCE; draw(page, load); return true; }));
  else replace(rest);
}

/** Makes a card. An update keeps its buttons, so that the keyboard focus stays. */
function makeCard(name, load) {
  const state = h("div", {class: "row"});
  const details = h("div", {class: "stack tight"});
  const revoke = button("Revoke", {kind: "danger", label: `Revoke ${name}`, onclick: () => revoked(name, load)});
  const element = h("li", {class: "card stack"}, h("h2", {dir: "auto"}, name), state, details, h("div", {class: "row"}, revoke));
  const update = (device, now) => {
    const {word, kind, advice} = stateOf(device, now);
    replace(state, badge(word, kind), device.last_seen_at && h("span", {class: "muted small"}, `Last seen ${ago(device.last_seen_at)}`));
    replace(details, advice && h("p", {dir: "auto"}, advice), device.status && report(device));
  };
  return {element, update};
}

function report({status, status_at}) {
  const pairs = facts(status).map(([name, text]) => h("div", null, h("dt", null, name), h("dd", {dir: "auto"}, text)));
  return [h("dl", {class: "facts"}, pairs),
    h("p", {class: "muted small"}, "As last reported at ", h("time", {datetime: status_at}, moment(status_at)), ".")];
}

async function revoked(name, load) {
  const sure = await confirmed({
    title: `Revoke ${name}?`,
    text: "Its token stops working at once, and it can no longer send pictures or video. Its recordings stay.",
    yes: "Revoke",
    danger: true,
  });
  if (!sure) return;
  await send("DELETE", `/v1/devices/${part(name)}`);
  notice(`${name} is revoked.`);
  await load();
}
