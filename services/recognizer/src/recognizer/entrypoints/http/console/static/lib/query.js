// The query of a URL.

/** `?name=value…`; null and empty values are left out. */
export function queryText(query) {
  const given = Object.entries(query).filter(([, value]) => ![null, undefined, ""].includes(value));
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
