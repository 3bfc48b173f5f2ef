const schemes = ["http:", "https:", "mailto:"];

/** The address if it may stand in a report: http, https and mailto, without a password in it. */
export function safeLink(address: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  return schemes.includes(url.protocol) && url.username === "" && url.password === "" ? url.href : undefined;
}
