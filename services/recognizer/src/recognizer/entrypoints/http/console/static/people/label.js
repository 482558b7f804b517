// Labels: the short names of people in addresses, files and lists.

/** The pattern of a label; the recognizer accepts no other. */
export const PATTERN = "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}";

const SPELLED = {ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i"};

/** A label for a name: `Zoë Ångström` gives `zoe_angstrom`. Empty if no letter can be kept. */
export function suggested(name) {
  const plain = name.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const spelled = [...plain].map((letter) => SPELLED[letter] ?? letter).join("");
  return spelled.replace(/[^a-z0-9]+/g, "_").replace(/^_+/, "").slice(0, 64).replace(/_+$/, "");
}
