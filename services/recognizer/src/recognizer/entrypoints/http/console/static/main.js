// The frame around every page: sign-in, menu, and the open page.

import {onSignedOut} from "./lib/api.js";
import {h, replace} from "./lib/dom.js";
import {go, here, link, onAddress} from "./lib/router.js";
import {resume, signOut} from "./lib/session.js";
import {button, message, showError} from "./lib/ui.js";
import {PAGES} from "./pages/index.js";
import * as signInPage from "./pages/sign_in.js";

const NAME = "Face recognition";
const main = document.getElementById("main");
const header = document.getElementById("header");
let leaving = new AbortController();
let signedIn = false;

async function start() {
  const {page, path} = here();
  const token = page === "sign-in" ? path[0] : null;
  if (page === "sign-in") history.replaceState(null, "", "#/people"); // keeps the token out of the history
  if (token) return askToSignIn(token);
  try {
    // Load the page's files while the session is requested.
    [signedIn] = await Promise.all([resume(), PAGES[page]?.load()]);
  } catch (error) {
    return replace(main, h("h1", null, NAME), message(error.message, "bad"), button("Try again", {onclick: () => location.reload()}));
  }
  return signedIn ? open() : askToSignIn();
}

function askToSignIn(token) {
  signedIn = false;
  leaving.abort();
  replace(header);
  document.title = `${signInPage.title} · ${NAME}`;
  signInPage.render({main, token, then: () => { signedIn = true; open(); }});
}

async function open() {
  const {page, path, query} = here();
  if (page === "sign-in") return start();
  if (!signedIn) return undefined;
  leaving.abort();
  leaving = new AbortController();
  const {signal} = leaving;
  const entry = PAGES[page];
  drawHeader(entry?.within ?? page);
  replace(main);
  main.setAttribute("aria-busy", "true");
  try {
    await drawn(entry, {path, query, signal});
  } catch (error) {
    if (!signal.aborted && signedIn) failed(error);
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
  return undefined;
}

async function drawn(entry, given) {
  if (!entry) {
    document.title = NAME;
    replace(main, h("h1", null, "There is no such page"), h("p", null, h("a", {href: link("people")}, "Go to People")));
    return;
  }
  const module = await entry.load();
  if (given.signal.aborted) return;
  document.title = `${module.title} · ${NAME}`;
  main.focus({preventScroll: true});
  window.scrollTo(0, 0);
  await module.render({main, ...given});
}

function failed(error) {
  const ours = error.name === "Problem" || error.name === "Unreachable";
  if (!ours) console.error(error);
  // Any other failure may be a file of an older release: a reload loads the new ones.
  const why = ours ? error.message : "Something went wrong on this page. Reload it and try again.";
  replace(main, h("h1", null, "This page can't be shown now"), message(why, "bad"),
    h("div", {class: "row"}, button("Try again", {onclick: ours ? open : () => location.reload()})));
}

function drawHeader(current) {
  const entries = Object.entries(PAGES).filter(([, page]) => page.menu).map(([name, page]) =>
    h("li", null, h("a", {href: link(name), "aria-current": name === current ? "page" : null}, page.menu)));
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      if (error.status !== 401) { showError(error); return; }
    }
    askToSignIn();
    go("people");
  };
  replace(header, h("a", {class: "brand", href: link("people")}, NAME),
    h("nav", {"aria-label": "Pages"}, h("ul", null, entries)),
    button("Sign out", {kind: "quiet", onclick: leave}));
}

onSignedOut(() => askToSignIn());
onAddress(open);
start();
