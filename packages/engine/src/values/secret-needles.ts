/** Shorter secrets are not masked: they would blot out ordinary text. */
export const minSecretLength = 4;
/** Of parts of a secret that are looked for by themselves: its lines, and its bytes in base64 and hex. */
const minPartLength = 8;

/** What stands for the secret wherever it appears: itself without blanks around it, each of its lines, and its bytes encoded. */
export function needlesOf(secret: string): readonly string[] {
  return secret.length < minSecretLength ? [] : [...partsOf(secret), ...encodingsOf(secret)];
}

/** The secret, the same without blanks around it, and its lines. */
export function partsOf(secret: string): readonly string[] {
  const whole = secret.replaceAll("\r\n", "\n");
  const trimmed = whole.trim();
  const lines = whole.split("\n").flatMap((line) => [line, line.trim()]);
  return [
    whole,
    ...(trimmed.length >= minSecretLength ? [trimmed] : []),
    ...lines.filter((line) => line.length >= minPartLength),
    // Names of hosts are written in small letters.
    ...(/^[!-~]+$/.test(trimmed) && trimmed.length >= minPartLength ? [trimmed.toLowerCase()] : []),
  ];
}

/** Its bytes in base64 at any offset, in lines of the usual widths, and in hex. */
function encodingsOf(secret: string): readonly string[] {
  return [secret, secret.trim()]
    .map((text) => Buffer.from(text))
    .flatMap((bytes) => [...base64Of(bytes), bytes.toString("hex"), bytes.toString("hex").toUpperCase()])
    .filter((text) => text.length >= minPartLength);
}

/** The characters that base64 of any text around the secret has in common, for each of the three offsets. */
function base64Of(bytes: Buffer): readonly string[] {
  const found: string[] = [];
  for (let offset = 0; offset < 3; offset++) {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const stable = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    found.push(stable);
    // A log has each line by itself.
    if (offset === 0) found.push(...[64, 76].flatMap((width) => pieces(stable, width)));
  }
  return found.flatMap((text) => [text, text.replace(/\+/g, "-").replace(/\//g, "_")]);
}

function pieces(text: string, width: number): readonly string[] {
  if (text.length <= width) return [];
  return Array.from({ length: Math.ceil(text.length / width) }, (_, n) => text.slice(n * width, (n + 1) * width));
}
