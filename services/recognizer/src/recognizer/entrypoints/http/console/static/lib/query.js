// What stands after the question mark.

/** `?name=value…` of what is given; what is null or empty is left out. */
export function queryText(query) {
  const given = Object.entries(query).filter(([, value]) => ![null, undefined, ""].includes(value));
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
