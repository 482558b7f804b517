// How long data is kept, and who changed what.

import {auditSection} from "../data/audit.js";
import {retentionTable} from "../data/retention.js";
import {get} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";

export const title = "Data";

/** #/data?subject=…&action=…&from=…&to=… */
export async function render({main, query, signal}) {
  const {section, show} = auditSection({query, signal});
  const [kept] = await Promise.all([get("/v1/retention", {}, {signal}), show()]);
  if (signal.aborted) return;
  replace(main, h("h1", null, "Data"), retentionTable(kept), section);
}
