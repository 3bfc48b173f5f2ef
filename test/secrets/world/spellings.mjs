/** The same text as careless programs write it down. */
export function spellingsOf(value) {
  const bytes = Buffer.from(value);
  return {
    plain: value,
    within: `before${value}after`,
    json: JSON.stringify({ v: value }),
    json_in_json: JSON.stringify({ v: JSON.stringify({ v: value }) }),
    ascii: JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
    url: encodeURIComponent(value),
    form: new URLSearchParams({ q: value }).toString(),
    html: value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
    html_names: value
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;"),
    shell: `'${value.replaceAll("'", "'\\''")}'`,
    hex: bytes.toString("hex"),
    base64: bytes.toString("base64"),
    base64_1: Buffer.from(`x${value}y`).toString("base64"),
    base64_2: Buffer.from(`xy${value}z`).toString("base64"),
    base64url: bytes.toString("base64url"),
    base64_lines: (bytes.toString("base64").match(/.{1,76}/g) ?? []).join("\n"),
    basic: `Basic ${Buffer.from(`user:${value}`).toString("base64")}`,
  };
}

/** A text in which a bound of so many characters falls inside the value. */
export function across(value, bound) {
  return `${"x".repeat(Math.max(0, bound - (value.length >> 1)))}${value}`;
}
