// Health: the service's state, its recognitions, latencies, refusals and costs.

import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {many, number} from "../lib/format.js";
import {setQuery} from "../lib/router.js";
import {badge, button, busy, card, field, message} from "../lib/ui.js";
import {dayChart} from "../health/chart.js";
import {costCard} from "../health/cost.js";
import {refusal, STAGES} from "../health/words.js";

const SPANS = {1: "Today", 7: "The last 7 days", 30: "The last 30 days", 90: "The last 90 days", 365: "The last year"};
const USUAL = "30";

export const title = "Health";

/** Draws the page for the days that the query names. */
export async function render({main, query, signal}) {
  const asked = query.get("days");
  const days = h("select", null, Object.entries(SPANS).map(([count, text]) => h("option", {value: count}, text)));
  days.value = asked in SPANS ? asked : USUAL;
  const place = h("div", {class: "stack"});
  const load = async () => replace(place, ...sections(await get("/v1/statistics", {days: days.value}, {signal})));
  days.addEventListener("change", () => {
    setQuery({days: days.value});
    busy(place, load);
  });
  replace(main, h("h1", null, "Health"),
    h("div", {class: "toolbar"}, field("Time", days), button("Refresh", {onclick: load})), place);
  try {
    await load();
  } catch (error) {
    if (error.name === "AbortError" || error.status === 401) throw error;
    replace(place, message(error.message, "bad"));
  }
}

function sections(statistics) {
  return [service(statistics.health),
    card(h("h2", null, "Recognitions a day"), dayChart(statistics.days)),
    card(h("h2", null, "How long it takes"), latency(statistics.latency)),
    card(h("h2", null, "What was refused"), refusals(statistics.refusals)),
    costCard(statistics.cost)];
}

function service(health) {
  const facts = [
    ["Gallery", `${many(health.gallery_size, "photo")} of ${many(health.gallery_people, "person", "people")}`],
    ["Model", health.model],
    ["Gallery's version", number(health.gallery_version)],
    ["Recognizer's version", health.version],
  ];
  const outdated = health.gallery_outdated > 0 && message(
    `${many(health.gallery_outdated, "photo")} of another model can't be compared, so these people may not be recognised. Run “recognizer people reembed” once.`, "warning");
  return card(h("div", {class: "row"}, h("h2", null, "The service"), badge("Ready", "good")), outdated,
    h("dl", {class: "facts"}, facts.map(([name, text]) => h("div", null, h("dt", null, name), h("dd", null, text)))));
}

function latency(stages) {
  if (!stages.length) return h("p", {class: "muted"}, "Nothing was measured in this period.");
  const head = ["Step", "Half take at most", "95 of 100 take at most", "Count"];
  const rows = stages.map(({stage, p50_ms, p95_ms, count}) =>
    h("tr", {class: stage === "total" ? "total" : null}, h("th", {scope: "row"}, STAGES[stage] ?? stage),
      [time(p50_ms), time(p95_ms), number(count)].map((text) => h("td", {class: "number"}, text))));
  return [h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "How long each step takes"},
    h("table", {class: "table figures"},
      h("thead", null, h("tr", null, head.map((text, place) => h("th", {scope: "col", class: place ? "number" : null}, text)))),
      h("tbody", null, rows))),
    h("p", {class: "muted small"}, "Times in the recognizer, without the network. They are accurate to within 20 %.")];
}

const time = (ms) => (ms < 10 ? `${number(ms)} ms` : `${number(Math.round(ms))} ms`);

function refusals(list) {
  if (!list.length) return h("p", {class: "muted"}, "Nothing was refused in this period.");
  const rows = list.map((one) => {
    const {of, words, advice} = refusal(one);
    return h("tr", null, h("td", {class: "number"}, `${number(one.count)} ×`), h("th", {scope: "row"}, words, h("span", {class: "muted small"}, ` (${of})`)), h("td", null, advice));
  });
  return [h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "What was refused, and why"},
    h("table", {class: "table stacked refusals"},
      h("thead", null, h("tr", null, ["Times", "Why", "What helps"].map((text) => h("th", {scope: "col"}, text)))),
      h("tbody", null, rows))),
  h("p", {class: "muted small"}, "A camera's face that fails the quality gate is not compared. Usually the same person is seen better a moment later.")];
}
