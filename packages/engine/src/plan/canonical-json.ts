/** JSON text with sorted keys: equal values give equal text. Undefined fields are left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return Array.isArray(value) ? listText(value) : mapText(value as { readonly [key: string]: unknown });
}

function listText(list: readonly unknown[]): string {
  let text = "[";
  for (const item of list) text += text.length === 1 ? canonicalJson(item) : `,${canonicalJson(item)}`;
  return `${text}]`;
}

function mapText(map: { readonly [key: string]: unknown }): string {
  let text = "{";
  for (const key of Object.keys(map).sort()) {
    const field = map[key];
    if (field === undefined) continue;
    if (text.length > 1) text += ",";
    text += `${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return `${text}}`;
}
