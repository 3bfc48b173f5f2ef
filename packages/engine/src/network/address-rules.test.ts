import { describe, expect, it } from "vitest";
import { refusedRange } from "./address-rules.js";
import { checkedAddresses, hostEntryFault, isListed, readUrl } from "./http-address.js";

/** Spellings of addresses that no step may reach by itself. None of them may be looked up as a name. */
const refused = [
  "http://127.0.0.1/",
  "http://127.0.0.1:8080/x",
  "http://127.1/",
  "http://127.0.1/",
  "http://127.255.255.254/",
  "http://0/",
  "http://0.0.0.0/",
  "http://0.1.2.3/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.0.0.1/",
  "http://0x7F.1/",
  "http://017700000001/",
  "http://0177.0.0.1/",
  "http://0177.0.0.01/",
  "http://127.0.0.1./",
  "http://１２７.０.０.１/",
  "http://①②⑦.⓪.⓪.①/",
  "http://127。0。0。1/",
  "http://%31%32%37.0.0.1/",
  "http://10.0.0.1/",
  "http://10.255.255.255/",
  "http://167772161/",
  "http://0xa.1/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.0.1/",
  "http://192.168.257/",
  "http://0300.0250.0.1/",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://0xA9FEA9FE/",
  "http://0xa9.0xfe.0xa9.0xfe/",
  "http://0251.0376.0251.0376/",
  "http://169.254.43518/",
  "http://168.63.129.16/",
  "http://100.64.0.1/",
  "http://100.100.100.200/",
  "http://192.0.0.192/",
  "http://192.0.2.1/",
  "http://192.88.99.1/",
  "http://198.18.0.1/",
  "http://198.51.100.7/",
  "http://203.0.113.7/",
  "http://224.0.0.1/",
  "http://239.255.255.250/",
  "http://240.0.0.1/",
  "http://255.255.255.255/",
  "http://4294967295/",
  "http://[::1]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[0000::0001]/",
  "http://[::]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[0:0:0:0:0:ffff:10.0.0.1]/",
  "http://[::ffff:8.8.8.8]/",
  "http://[::127.0.0.1]/",
  "http://[::7f00:1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[64:ff9b::169.254.169.254]/",
  "http://[64:ff9b:1::a00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[2002:a9fe:a9fe::1]/",
  "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
  "http://[2001:db8::1]/",
  "http://[3fff::1]/",
  "http://[fc00::1]/",
  "http://[fd00:ec2::254]/",
  "http://[fe80::1]/",
  "http://[febf::1]/",
  "http://[fec0::1]/",
  "http://[ff02::1]/",
  "http://[100::1]/",
  "http://[5f00::1]/",
  "http://[4000::1]/",
];

/** What is no address for a step at all. */
const malformed = [
  "ftp://example.org/",
  "file:///etc/passwd",
  "gopher://127.0.0.1:6379/_x",
  "data:text/plain,x",
  "javascript:alert(1)",
  "ws://example.org/",
  "//example.org/",
  "example.org",
  "",
  "http://",
  "http:///x",
  "http://user@example.org/",
  "http://user:secret@example.org/",
  "http://@example.org/",
  "http://:@example.org/",
  "http://example.org\\@127.0.0.1/",
  "http:\\\\127.0.0.1\\",
  "ht\ntp://127.0.0.1/",
  "http://127.0.0.1\t/",
  " http://127.0.0.1/",
  "http://exa mple.org/",
  "http://example.org:99999/",
  "http://256.256.256.256/",
  "http://[::1/",
  "http://[fe80::1%25eth0]/",
  "http://a\0b/",
];

const noLookup = (): Promise<never> => expect.fail("no name may be looked up");

describe("addresses", () => {
  it.each(refused)("%s: is refused", async (text) => {
    const reach = async () => checkedAddresses(readUrl(text), [], noLookup);
    await expect(reach()).rejects.toMatchObject({ code: "E_HTTP_ADDRESS" });
  });

  it.each(malformed)("%j: is no address", (text) => {
    expect(() => readUrl(text)).toThrow(expect.objectContaining({ code: "E_HTTP_ADDRESS" }));
  });

  it("spellings: at least sixty are tried", () => {
    expect(new Set([...refused, ...malformed]).size).toBeGreaterThan(60);
  });

  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "11.0.0.1",
    "100.128.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450::1",
  ])("%s: is public", (address) => expect(refusedRange(address)).toBeUndefined());

  it.each(["nonsense", "", "fe80::1%eth0", "1.2.3", "::ffff:1.2.3.4"])(
    "%j: is refused as an answer of DNS",
    (address) => expect(refusedRange(address)).toBeDefined(),
  );

  it("a name: all its addresses are checked, not only the first", async () => {
    const both = () =>
      Promise.resolve([
        { address: "8.8.8.8", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    const reach = (allow: readonly string[]) => checkedAddresses(readUrl("http://two.test/"), allow, both);
    await expect(reach([])).rejects.toMatchObject({ code: "E_HTTP_ADDRESS", details: { url: "http://two.test/" } });
    expect(await reach(["two.test"])).toHaveLength(2);
  });

  it("messages: hold no password and no query", () => {
    const message = (text: string): string => {
      try {
        readUrl(text);
        return expect.fail("it was read");
      } catch (error) {
        return JSON.stringify([(error as Error).message, error]);
      }
    };
    expect(message("ftp://example.org/?token=abc")).toMatch(/^\["Cannot call (?!.*abc)/);
    expect(message("http://user:abc@example.org/")).toMatch(/^\["Cannot call (?!.*abc)/);
  });
});

describe("allow_hosts", () => {
  it.each([
    ["http://127.0.0.1/", ["127.0.0.1"], true],
    ["http://127.1:99/", ["127.0.0.1"], true],
    ["http://127.0.0.1:8080/", ["127.0.0.1:8080"], true],
    ["http://127.0.0.1:8081/", ["127.0.0.1:8080"], false],
    ["http://127.0.0.1/", ["127.0.0.1:80"], true],
    ["https://127.0.0.1/", ["127.0.0.1:80"], false],
    ["http://127.0.0.2/", ["127.0.0.1"], false],
    ["http://[::1]:80/", ["::1"], true],
    ["http://[::1]:81/", ["[::1]:81"], true],
    ["http://LOCALHOST/", ["localhost"], true],
    ["http://localhost/", ["LocalHost"], true],
    ["http://a.localhost/", ["localhost"], false],
    ["http://localhost.evil.test/", ["localhost"], false],
    ["http://xlocalhost/", ["localhost"], false],
  ])("%s with %j: %s", (url, allowed, listed) => expect(isListed(readUrl(url), allowed)).toBe(listed));

  it.each(["*", "*.example.org", "http://x", "a/b", "user@host", "", "a b", "host:port", "{{ host }}", "10.0.0.0/8"])(
    "%j: is no entry",
    (entry) => expect(hostEntryFault(entry)).toBeDefined(),
  );

  it.each(["localhost", "127.0.0.1:80", "[::1]:80", "::1", "bücher.example"])("%j: is an entry", (entry) =>
    expect(hostEntryFault(entry)).toBeUndefined(),
  );
});
