const mostNamed = 20;

/** What else a name may have meant: the nearest one there is, else all of them, as far as they fit. */
export async function nameHint(given: string, known: readonly string[]): Promise<string> {
  const { nearest } = await import("@nanobrain/engine/authoring");
  const guess = nearest(given, known);
  if (guess !== undefined) return `did you mean ${guess}?`;
  const more = known.length > mostNamed ? ` and ${known.length - mostNamed} more` : "";
  return `There is ${known.slice(0, mostNamed).join(", ")}${more}.`;
}
