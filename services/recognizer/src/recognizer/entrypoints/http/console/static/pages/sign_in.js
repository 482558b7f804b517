// Sign-in with the admin's token, typed or taken from the address.

import {h, replace} from "../lib/dom.js";
import {signIn} from "../lib/session.js";
import {busy, button, field, message} from "../lib/ui.js";

export const title = "Sign in";

const UNSAFE = "This address is not encrypted, so the browser will not keep you signed in. Open the console over https, or on the recognizer's own machine at http://127.0.0.1.";

/** Draws the form; `then` is called once a session is open. `token` signs in at once. */
export function render({main, token, then}) {
  const input = h("input", {
    type: "password", autocomplete: "current-password", required: true, name: "token",
  });
  const why = h("div", {"aria-live": "assertive"});
  const submit = button("Sign in", {kind: "primary", type: "submit"});
  const attempt = async (given) => {
    replace(why);
    try {
      await signIn(given.trim());
    } catch (error) {
      replace(why, message(explained(error), "bad"));
      input.select();
      return;
    }
    then();
  };
  const form = h("form", {class: "card stack sign-in"},
    h("h1", null, "Sign in"),
    h("input", {type: "text", name: "username", autocomplete: "username", value: "admin", hidden: true}),
    field("Admin token", input, "It was shown once, at the recognizer's first start. The command `recognizer admin-token` makes a new one."),
    window.isSecureContext ? null : message(UNSAFE, "warning"), why, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, () => attempt(input.value));
  });
  replace(main, form);
  input.focus();
  if (token) busy(submit, () => attempt(token));
}

function explained(error) {
  if (error.status === 401) return "This token is not known. It may be mistyped, or a newer one has replaced it.";
  if (error.status === 403) return "This is a camera's token. The console needs the admin's token.";
  if (error.status === 429) return `Too many attempts. Try again in ${error.wait_s ?? 60} seconds.`;
  return error.message;
}
