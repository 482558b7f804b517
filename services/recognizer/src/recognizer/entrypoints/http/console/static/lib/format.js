// Times, numbers and sizes as people read them, in the browser's language and time zone.

const shown = (options) => {
  const format = new Intl.DateTimeFormat([], options);
  return (iso) => (iso ? format.format(new Date(iso)) : "–");
};

/** Day and time. */
export const moment = shown({dateStyle: "medium", timeStyle: "short"});
/** The day, in words. */
export const day = shown({weekday: "long", year: "numeric", month: "long", day: "numeric"});
/** The time, to the second. */
export const clock = shown({hour: "2-digit", minute: "2-digit", second: "2-digit"});

const numbers = new Intl.NumberFormat([], {maximumFractionDigits: 1});
/** A number with thousands separators. */
export const number = (value) => (value === null || value === undefined ? "–" : numbers.format(value));

/** A cosine similarity; it is never a percentage. */
export const similarity = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));

/** "1 photo", "2 photos". */
export const many = (count, one, several = `${one}s`) => `${number(count)} ${count === 1 ? one : several}`;

/** How long, from milliseconds. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  return `${Math.floor(seconds / 86400)} days`;
}

/** How long since then. */
export function ago(iso) {
  if (!iso) return "never";
  const passed = Date.now() - new Date(iso).getTime();
  return passed < 5000 ? "just now" : `${duration(passed)} ago`;
}

/** A size in decimal units. */
export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit += 1; }
  return `${unit && count < 10 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`;
}

/** The first instant of a day given as YYYY-MM-DD in local time, as RFC 3339; `plus` days later. */
export function dayStart(text, plus = 0) {
  const [year, month, date] = text.split("-").map(Number);
  return new Date(year, month - 1, date + plus).toISOString();
}

/** A moment's local day as YYYY-MM-DD. */
export function localDay(iso) {
  const at = new Date(iso);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Isolates a name's text direction from that of the sentence. */
export const apart = (text) => `\u2068${text}\u2069`;
