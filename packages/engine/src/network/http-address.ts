import { lookup as dnsLookup } from "node:dns/promises";
import { isIP } from "node:net";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { refusedRange } from "./address-rules.js";

/** All addresses of a host name. */
export type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export type CheckedAddress = { readonly address: string; readonly family: number };

export const systemLookup: Lookup = (host) => dnsLookup(host, { all: true, verbatim: true });

/** The address as messages show it: without query and fragment, which may hold secrets. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** Reads an address: http or https, nobody's name or password in it, nothing that readers of addresses disagree on. Throws E_HTTP_ADDRESS. */
export function readUrl(text: string, base?: URL): URL {
  const fault = (what: string): Error =>
    nanobrainError("E_HTTP_ADDRESS", { url: shownText(text), what }, { hint: "Give an http or https address." });
  if (/[\p{Cc}\s\\]/u.test(text)) throw fault("it holds white space, a control character or a backslash");
  if (/^https?:(?!\/\/[^/])/i.test(text)) throw fault("it names no host");
  const url = parsed(text, base);
  if (url === undefined) throw fault("it is no address");
  if (url.protocol !== "http:" && url.protocol !== "https:") throw fault(`${url.protocol} is not allowed`);
  if (url.username !== "" || url.password !== "" || /^[a-z]+:\/\/[^/?#]*@/i.test(text))
    throw fault("it holds a user name or password");
  return url;
}

/** An address that cannot be read, for messages: without what may be secret in it. */
function shownText(text: string): string {
  const plain = text.split(/[?#]/)[0] ?? "";
  return plain.slice(plain.lastIndexOf("@") + 1).slice(0, 200);
}

function parsed(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** What is wrong with an entry of `allow_hosts`; undefined: it is a host or `host:port`. */
export function hostEntryFault(entry: string): string | undefined {
  return readHostEntry(entry) === undefined ? "a host or host:port is expected, without wildcards" : undefined;
}

type HostEntry = { readonly host: string; readonly port: string | undefined };

function readHostEntry(entry: string): HostEntry | undefined {
  const text = isIP(entry) === 6 ? `[${entry}]` : entry;
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[\p{L}\p{N}._-]+)(?::(\d{1,5}))?$/u.exec(text) ?? [];
  const url = host === undefined ? undefined : parsed(`http://${host}`);
  return url === undefined ? undefined : { host: url.hostname, port };
}

/** Whether the document itself lists the host of `url`. Compared as they are written; numbers of addresses in their usual form. */
export function isListed(url: URL, allowHosts: readonly string[]): boolean {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return allowHosts.some((text) => {
    const entry = readHostEntry(text);
    return entry?.host === url.hostname && (entry.port === undefined || entry.port === port);
  });
}

/**
 * The addresses to connect to, all of them checked: one that is refused refuses the host, unless it is listed. What is
 * connected to must be one of these, never a second look-up's answer. Throws E_HTTP_ADDRESS.
 */
export async function checkedAddresses(
  url: URL,
  allowHosts: readonly string[],
  lookup: Lookup,
): Promise<readonly CheckedAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const addresses = family === 0 ? await lookup(host) : [{ address: host, family }];
  if (addresses.length === 0)
    throw nanobrainError("E_HTTP_NETWORK", { url: shownUrl(url), what: "its host has no address" });
  if (isListed(url, allowHosts)) return addresses;
  for (const { address } of addresses) {
    const range = refusedRange(address);
    if (range === undefined) continue;
    const what = family === 0 ? `its host resolves to a ${range} address` : `${host} is a ${range} address`;
    throw nanobrainError("E_HTTP_ADDRESS", { url: shownUrl(url), what });
  }
  return addresses;
}
