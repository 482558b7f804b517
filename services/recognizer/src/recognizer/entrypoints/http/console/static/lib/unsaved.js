// Asks before unsaved input is lost.

import {holdAddress} from "./router.js";
import {confirmed} from "./ui.js";

/**
 * Asks before somebody leaves the page while `isChanged()`: by a link, going back, or closing the tab.
 * @param {() => boolean} isChanged
 * @param {AbortSignal} signal of the page
 */
export function guardUnsaved(isChanged, signal) {
  let mayLeave = false;
  let asking = false;
  const held = () => !signal.aborted && !mayLeave && isChanged();
  const ask = async (wanted) => {
    if (asking) return;
    asking = true;
    mayLeave = await confirmed({
      title: "Leave without saving?", text: "Your changes to the record are not saved.", yes: "Leave",
    });
    asking = false;
    if (mayLeave) location.hash = wanted;
  };
  holdAddress((event) => {
    if (!held()) return false;
    const wanted = location.hash;
    history.replaceState(null, "", event.oldURL);
    ask(wanted);
    return true;
  });
  window.addEventListener("beforeunload", (event) => { if (held()) event.preventDefault(); }, {signal});
}
