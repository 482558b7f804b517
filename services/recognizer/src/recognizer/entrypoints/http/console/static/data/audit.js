// The audit log: filters, and its pages.

import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {dayStart, moment} from "../lib/format.js";
import {link, setQuery} from "../lib/router.js";
import {afterTyping, badge, empty, field, more, showError} from "../lib/ui.js";
import {ACTIONS, howMuch, whatWasDone, who} from "./words.js";

const PAGE = 50;
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._\-]{0,63}$/;

/**
 * The section with the log.
 * @param {{query: URLSearchParams, signal: AbortSignal}} given
 */
export function auditSection({query, signal}) {
  const inputs = filters(query);
  const place = h("div", {class: "stack", "aria-live": "polite"});
  let newest = 0;
  const show = async () => {
    const turn = (newest += 1);
    const chosen = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()]));
    setQuery(chosen);
    const list = await firstPage(chosen, signal);
    if (turn === newest && !signal.aborted) replace(place, list);
  };
  const again = () => show().catch(showError);
  inputs.subject.addEventListener("input", afterTyping(again));
  for (const name of ["action", "from", "to"]) inputs[name].addEventListener("change", again);
  const section = h("section", {class: "card stack", "aria-labelledby": "audit"},
    h("h2", {id: "audit"}, "Who changed what"),
    h("p", {class: "muted"}, "The log contains no names and no pictures, only labels of people and names of cameras. Nobody can change or delete its entries."),
    h("div", {class: "toolbar filters"},
      field("Person's label or camera", inputs.subject), field("What", inputs.action),
      field("From", inputs.from), field("To", inputs.to)),
    place);
  return {section, show};
}

function filters(query) {
  const options = Object.entries(ACTIONS).map(([action, text]) => h("option", {value: action}, text));
  const inputs = {
    subject: h("input", {type: "search", autocomplete: "off", autocapitalize: "none", spellcheck: "false"}),
    action: h("select", null, h("option", {value: ""}, "Anything"), options),
    from: h("input", {type: "date"}), to: h("input", {type: "date"}),
  };
  for (const [name, input] of Object.entries(inputs)) input.value = query.get(name) ?? "";
  return inputs;
}

async function firstPage({subject, action, from, to}, signal) {
  if (subject && !LABEL.test(subject)) return nothing("This can't be a label or a camera's name.");
  const asked = {subject, action, limit: PAGE, since: from && dayStart(from), until: to && dayStart(to, 1)};
  const body = h("tbody");
  let after = null;
  const load = async () => {
    const before = body.childElementCount;
    do { // a page of a filtered list may be short, even empty, and not the last
      const page = await get("/v1/audit", {...asked, after}, {signal});
      body.append(...page.entries.map(row));
      after = page.next;
    } while (after && body.childElementCount - before < PAGE / 2);
    return Boolean(after);
  };
  const goesOn = await load();
  if (!body.childElementCount) return nothing("No change matches these filters.");
  const heads = ["When", "What", "Whom", "By", "Outcome"].map((head) => h("th", {scope: "col"}, head));
  return [h("table", {class: "table stacked audit"}, h("thead", null, h("tr", null, heads)), body), goesOn && more(load)];
}

const nothing = (text) => empty("Nothing here", text);

function row(entry) {
  const much = howMuch(entry.detail);
  return h("tr", null,
    h("td", {class: "when"}, h("time", {datetime: entry.at}, moment(entry.at))),
    h("td", null, h("strong", null, whatWasDone(entry)), much && h("span", {class: "muted"}, ` ${much}`)),
    h("td", null, entry.subject ? h("a", {href: link("data", {subject: entry.subject})}, entry.subject) : h("span", {class: "muted"}, "–")),
    h("td", null, who(entry)),
    h("td", null, outcome(entry)));
}

function outcome(entry) {
  if (entry.outcome === "done") return h("span", {class: "muted"}, "done");
  return entry.outcome === "refused" ? badge("refused, nothing changed", "unknown") : badge("begun, end unknown", "warning");
}
