// The costs of the counted requests at AWS's list prices.

import {h} from "../lib/dom.js";
import {duration, many, number} from "../lib/format.js";
import {card} from "../lib/ui.js";

const money = new Intl.NumberFormat([], {style: "currency", currency: "USD"});
const small = new Intl.NumberFormat([], {style: "currency", currency: "USD", maximumSignificantDigits: 2});

const quantity = new Intl.NumberFormat([], {maximumSignificantDigits: 3, roundingPriority: "morePrecision", maximumFractionDigits: 0});

/** A sum in US dollars; small sums keep two significant digits. */
export const usd = (value) => (value === 0 || value >= 1 ? money : small).format(value);

/** The estimate: a sentence, and its lines in a collapsed table. */
export function costCard(cost) {
  const sum = h("strong", null, usd(cost.usd));
  const sentence = cost.in_aws
    ? h("p", null, "These requests cost about ", sum, ".")
    : h("p", null, "On your own machine: nothing. In AWS, these requests would cost about ", sum, ".");
  return card(h("h2", null, "What it costs"), sentence,
    h("p", {class: "muted small"}, `An estimate, not a bill: ${many(cost.requests, "request")} that took ${duration(cost.billed_ms)}`
      + `${cost.in_aws ? "" : " on this machine"}, at AWS's list prices in ${cost.region}, for a function with ${number(cost.memory_mb)} MB of memory. `
      + "Monthly fees (storage, alarms, dashboard), free tiers and taxes are not included."),
    cost.lines.length > 0 && h("details", null, h("summary", null, "Line by line"), lines(cost.lines)));
}

function lines(list) {
  const rows = list.map((line) => h("tr", null,
    h("th", {scope: "row"}, `${line.service}: ${line.what}`),
    h("td", {class: "number"}, `${quantity.format(line.quantity)} ${line.unit}`), h("td", {class: "number"}, usd(line.usd))));
  return h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Costs line by line"},
    h("table", {class: "table figures"},
      h("thead", null, h("tr", null, h("th", {scope: "col"}, "For"), h("th", {scope: "col", class: "number"}, "Quantity"), h("th", {scope: "col", class: "number"}, "US dollars"))),
      h("tbody", null, rows)));
}
