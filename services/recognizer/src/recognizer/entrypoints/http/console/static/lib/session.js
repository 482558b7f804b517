// The session of whoever is signed in.

import {get, send, useSession} from "./api.js";

/** Whether a session is open; stores its CSRF token. */
export async function resume() {
  try {
    useSession(await get("/v1/session", {}, {quiet: true}));
    return true;
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
}

/** Opens a session with the admin's token. */
export async function signIn(token) {
  useSession(await send("POST", "/v1/session", {token}, {quiet: true}));
}

/** Ends the session. */
export async function signOut() {
  await send("DELETE", "/v1/session", undefined, {quiet: true});
  useSession(null);
}
