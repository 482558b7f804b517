// The ignored people, collapsed at first.

import {get, part, send} from "../lib/api.js";
import {h, replace} from "../lib/dom.js";
import {day} from "../lib/format.js";
import {button, notice, thumbnail} from "../lib/ui.js";

/**
 * The collapsible list; it is hidden while nobody is ignored.
 * @param {{signal: AbortSignal, shown: () => Promise<void>}} options `shown` is called when somebody is shown again.
 * @returns {{element: HTMLElement, refresh: () => Promise<void>}}
 */
export function ignoredList({signal, shown}) {
  const summary = h("summary");
  const list = h("ul", {class: "stack"});
  const element = h("details", {class: "card", hidden: true}, summary, list);
  const refresh = async () => {
    const {ignored} = await get("/v1/unknown-people/ignored", {}, {signal});
    element.hidden = ignored.length === 0;
    replace(summary, `Ignored (${ignored.length})`);
    replace(list, ignored.map((face) => entry(face, again)));
  };
  const again = async (face) => {
    await send("DELETE", `/v1/unknown-people/${part(face.id)}/ignore`);
    notice("This person is shown again.");
    await Promise.all([refresh(), shown()]);
  };
  return {element, refresh};
}

function entry(face, again) {
  return h("li", {class: "row"},
    thumbnail(`/v1/unknown-people/${part(face.id)}/ignore/crop`, "", "thumbnail unknown-person-face"),
    h("p", {class: "grow"}, `Ignored since ${day(face.ignored_at)}, until ${day(face.expires_at)}`),
    button("Show again", {onclick: () => again(face)}));
}
