import { describe, expect, test } from "vitest";
import { isAllowed, readRobots } from "./robots.js";

const may = (text: string, path: string, product = "nanobrain"): boolean => isAllowed(readRobots(text, product), path);

describe("robots.txt", () => {
  test.each([
    ["nothing said", "", "/a", true],
    ["all forbidden", "User-agent: *\nDisallow: /", "/a", false],
    ["an empty rule forbids nothing", "User-agent: *\nDisallow:", "/a", true],
    ["the longest rule decides", "User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true],
    ["the order does not count", "User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", false],
    ["equally long: allowed", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true],
    [
      "its own group goes before the one for all",
      "User-agent: *\nDisallow: /\n\nUser-agent: NanoBrain\nDisallow: /b",
      "/a",
      true,
    ],
    ["several names share a group", "User-agent: other\nUser-agent: nanobrain\nDisallow: /a", "/a", false],
    [
      "groups of one name are one",
      "User-agent: nanobrain\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: nanobrain\nDisallow: /b",
      "/b",
      false,
    ],
    ["another's group is not for us", "User-agent: other\nDisallow: /", "/a", true],
    ["stars", "User-agent: *\nDisallow: /*/private", "/a/private/x", false],
    ["stars do not end", "User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", true],
    ["the end", "User-agent: *\nDisallow: /*.pdf$", "/a.b.pdf", false],
    ["comments and spaces", " user-agent : * # all\n disallow : /a # no\n", "/a", false],
    ["percent signs in one spelling", "User-agent: *\nDisallow: /%7Ejoe/ü", "/~joe/%C3%BC", false],
    ["the query counts", "User-agent: *\nDisallow: /*?page=", "/list?page=2", false],
    ["robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", true],
    ["line ends of old machines", "User-agent: *\rDisallow: /a", "/a", false],
    ["rules before any name", "Disallow: /\nUser-agent: *\nAllow: /", "/a", true],
  ])("%s", (_, text, path, allowed) => {
    expect(may(text, path)).toBe(allowed);
  });

  test("crawl-delay: the pause of the visitor's own group", () => {
    const text = "User-agent: *\nCrawl-delay: 3\n\nUser-agent: nanobrain\nCrawl-delay: 7.5\nDisallow: /x";
    expect(readRobots(text, "nanobrain").crawlDelay).toBe(7.5);
    expect(readRobots(text, "other").crawlDelay).toBe(3);
  });

  test("a hostile file: it takes no time", () => {
    const text = `User-agent: *\n${`Disallow: /${"*a".repeat(500)}$\n`.repeat(300)}`;
    expect(may(text, `/${"a".repeat(5_000)}b`)).toBe(true);
  });
});
