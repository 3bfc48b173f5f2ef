const maxTextLength = 4_000;
const maxFrames = 12;

/** A property of anything that was thrown. Undefined when reading it throws. */
export function readOf(value: object, key: string): unknown {
  try {
    return (value as { readonly [key: string]: unknown })[key];
  } catch {
    return undefined;
  }
}

/** A text that may be journaled: bounded, and without halves of surrogate pairs. */
export function boundedText(text: string, maxLength = maxTextLength): string {
  const whole = text.replace(/\p{Surrogate}/gu, "\uFFFD");
  if (whole.length <= maxLength) return whole;
  const cut = whole.slice(0, maxLength).replace(/\p{Surrogate}$/u, "");
  return `${cut} ... (${whole.length - cut.length} more characters)`;
}

/** Calls of the thrown error, innermost first, without Node's own and without how a module was loaded. */
export function trimmedStack(stack: unknown): string | undefined {
  if (typeof stack !== "string") return undefined;
  const frames = stack
    .slice(0, 20_000)
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes("node:internal"))
    .map((line) =>
      line
        .replace(/file:\/\//, "")
        .replace(/\?nanobrain=[0-9a-f]*/, "")
        .slice(0, 400),
    );
  return frames.length === 0 ? undefined : boundedText(frames.slice(0, maxFrames).join("\n"), maxFrames * 420);
}

/** What to call a thrown value that is no error. */
export function describeThrown(value: unknown): string {
  if (typeof value === "string") return boundedText(value);
  if (typeof value !== "object" || value === null)
    return `${typeof value === "symbol" ? value.toString() : String(value)} was thrown`;
  try {
    return boundedText(`An object was thrown: ${JSON.stringify(value) ?? "{}"}`, 400);
  } catch {
    return "An object that cannot be read was thrown";
  }
}
