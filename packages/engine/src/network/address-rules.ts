import { BlockList, isIP, isIPv4 } from "node:net";

/** What no step may reach unless its host is listed: everything that is not the public internet. */
const refused4: readonly (readonly [network: string, prefix: number, name: string])[] = [
  ["0.0.0.0", 8, "this host"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "shared"],
  ["127.0.0.0", 8, "loopback"],
  ["168.63.129.16", 32, "metadata"],
  ["169.254.0.0", 16, "link-local or metadata"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "reserved"],
  ["192.0.2.0", 24, "documentation"],
  ["192.31.196.0", 24, "reserved"],
  ["192.52.193.0", 24, "reserved"],
  ["192.88.99.0", 24, "6to4 relay"],
  ["192.168.0.0", 16, "private"],
  ["192.175.48.0", 24, "reserved"],
  ["198.18.0.0", 15, "benchmark"],
  ["198.51.100.0", 24, "documentation"],
  ["203.0.113.0", 24, "documentation"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved or broadcast"],
];

/** Of IPv6 only the public unicast range is open, without the parts of it that stand for other addresses. */
const open6 = ["2000::", 3] as const;
const refused6: readonly (readonly [network: string, prefix: number, name: string])[] = [
  ["2001::", 23, "Teredo or reserved"],
  ["2001:db8::", 32, "documentation"],
  ["2002::", 16, "6to4"],
  ["2620:4f:8000::", 48, "reserved"],
  ["3fff::", 20, "documentation"],
];
const named6: readonly (readonly [network: string, prefix: number, name: string])[] = [
  ["::1", 128, "loopback"],
  ["::ffff:0:0", 96, "IPv4-mapped"],
  ["64:ff9b::", 96, "NAT64"],
  ["64:ff9b:1::", 48, "NAT64"],
  ["fc00::", 7, "private or metadata"],
  ["fe80::", 10, "link-local"],
  ["ff00::", 8, "multicast"],
];

type Range = { readonly name: string; readonly holds: (address: string) => boolean };

const ranges4 = refused4.map((range) => rangeOf(range, "ipv4"));
const ranges6 = [...refused6, ...named6].map((range) => rangeOf(range, "ipv6"));
const public6 = rangeOf([...open6, "public"], "ipv6");

/** The kind of a range that may not be reached, such as `loopback`; undefined: a public address. `address`: as DNS gives it. */
export function refusedRange(address: string): string | undefined {
  if (isIP(address) === 0) return "unknown";
  if (isIPv4(address)) return ranges4.find((range) => range.holds(address))?.name;
  if (address.includes("%")) return "link-local";
  const named = ranges6.find((range) => range.holds(address))?.name;
  return named ?? (public6.holds(address) ? undefined : "reserved");
}

function rangeOf([network, prefix, name]: readonly [string, number, string], family: "ipv4" | "ipv6"): Range {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return { name, holds: (address) => list.check(address, family) };
}
