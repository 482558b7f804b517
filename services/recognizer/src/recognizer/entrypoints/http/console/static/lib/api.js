// Requests to the recognizer, with the session's cookie.

import {queryText} from "./query.js";

/** The recognizer refused: `status`, `code`, `detail` (a sentence for people), `fields`. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The recognizer answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.code = problem.code ?? "";
    this.detail = this.message;
    this.fields = problem.errors ?? [];
    this.wait_s = null;
  }
}

/** No answer came. */
export class Unreachable extends Error {
  constructor() {
    super("The recognizer does not answer. Is it running, and is the network up?");
    this.name = "Unreachable";
  }
}

let csrf = null;
let whenSignedOut = () => {};

/** Stores the session's CSRF token; null removes it. */
export function useSession(session) { csrf = session?.csrf_token ?? null; }

/** Calls `then` when the session has ended. */
export function onSignedOut(then) { whenSignedOut = then; }

/** Reads; `query` leaves out what is null or empty. */
export async function get(path, query = {}, options = {}) {
  return answer(await call("GET", path + queryText(query), options));
}

/** Changes something; `body` is sent as JSON. */
export async function send(method, path, body, options = {}) {
  const json = body === undefined ? {} : {body: JSON.stringify(body), type: "application/json"};
  return answer(await call(method, path, {...json, ...options}));
}

/** Sends a picture's bytes. */
export async function upload(path, blob, options = {}) {
  return answer(await call("POST", path, {body: blob, type: blob.type, ...options}));
}

/** Downloads bytes, with the response's headers. */
export async function download(path, query = {}, options = {}) {
  const response = await call("GET", path + queryText(query), options);
  return {blob: await response.blob(), headers: response.headers};
}

/** Every entry of a paged list: `pick` takes them out of a page. */
export async function* all(path, query, pick, options = {}) {
  let after = null;
  do {
    const page = await get(path, {limit: 500, ...query, after}, options);
    yield* pick(page);
    after = page.next;
  } while (after);
}

/** A part of a path, safe whatever it holds. */
export const part = (text) => encodeURIComponent(text);

async function call(method, path, {body, type, signal, quiet = false} = {}) {
  const headers = {};
  if (type) headers["content-type"] = type;
  if (csrf && method !== "GET") headers["x-csrf-token"] = csrf;
  let response;
  try {
    response = await fetch(path, {method, headers, body, signal, credentials: "same-origin"});
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  if (response.ok) return response;
  const problem = new Problem(response.status, await problemIn(response));
  problem.wait_s = Number(response.headers.get("retry-after")) || null;
  if (response.status === 401 && !quiet) whenSignedOut();
  throw problem;
}

async function problemIn(response) {
  try {
    return await response.json();
  } catch {
    return {}; // a proxy answered
  }
}

async function answer(response) {
  return response.status === 204 ? null : response.json();
}
