/** What a site's robots.txt says to one kind of visitor. */
export type RobotRules = {
  readonly rules: readonly { readonly allow: boolean; readonly path: string }[];
  /** Pause between requests that the site asks for, in seconds. */
  readonly crawlDelay?: number;
};

const maxCharacters = 512 * 1024;
const maxRules = 5_000;

type Group = {
  readonly agents: string[];
  readonly rules: { allow: boolean; path: string }[];
  crawlDelay?: number;
  isOpen: boolean;
};

/**
 * Reads robots.txt as RFC 9309 says: the groups that name the visitor's product are taken together, else those for `*`, else all is
 * allowed. Lines that cannot be read are left out; the first 512 Ki characters count.
 */
export function readRobots(text: string, product: string): RobotRules {
  const groups: Group[] = [];
  for (const line of text
    .slice(0, maxCharacters)
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/))
    readLine(line, groups);
  const wanted = product.toLowerCase();
  const own = groups.filter(({ agents }) => agents.includes(wanted));
  const chosen = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes("*"));
  const delays = chosen.flatMap(({ crawlDelay }) => crawlDelay ?? []);
  return {
    rules: chosen.flatMap(({ rules }) => rules).slice(0, maxRules),
    ...(delays.length === 0 ? {} : { crawlDelay: Math.max(...delays) }),
  };
}

function readLine(line: string, groups: Group[]): void {
  const bare = line.split("#", 1)[0] ?? "";
  const colon = bare.indexOf(":");
  if (colon === -1) return;
  const key = bare.slice(0, colon).trim().toLowerCase();
  const value = bare.slice(colon + 1).trim();
  const last = groups.at(-1);
  if (key === "user-agent") {
    // Several names in a row share the group that follows them.
    const agent = /^[a-z_-]+|^\*/i.exec(value)?.[0]?.toLowerCase() ?? "";
    if (last?.isOpen === true) last.agents.push(agent);
    else groups.push({ agents: [agent], rules: [], isOpen: true });
    return;
  }
  if (last === undefined) return;
  if (key === "allow" || key === "disallow") {
    last.isOpen = false;
    if (value !== "") last.rules.push({ allow: key === "allow", path: value });
  } else if (key === "crawl-delay") {
    last.isOpen = false;
    const seconds = Number(value);
    if (value !== "" && Number.isFinite(seconds) && seconds >= 0) last.crawlDelay = seconds;
  }
}

/** Whether the path, with its query, may be fetched: the longest rule that fits decides, of equally long ones the one that allows. */
export function isAllowed({ rules }: RobotRules, pathAndQuery: string): boolean {
  const path = spelled(pathAndQuery);
  if (path === "/robots.txt") return true;
  let best: { readonly allow: boolean; readonly length: number } = { allow: true, length: -1 };
  for (const rule of rules) {
    const pattern = spelled(rule.path);
    const isBetter = pattern.length > best.length || (pattern.length === best.length && rule.allow);
    if (isBetter && fits(pattern, path)) best = { allow: rule.allow, length: pattern.length };
  }
  return best.allow;
}

/** One spelling of percent signs: octets that need none are written out, the others in capitals. */
function spelled(path: string): string {
  const ascii = path.replace(/[^\x21-\x7e]/gu, (sign) =>
    encodeURIComponent(/^[\ud800-\udfff]$/.test(sign) ? "\ufffd" : sign),
  );
  return ascii.replace(/%[\da-f]{2}/gi, (code) => {
    const sign = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(sign) ? sign : code.toUpperCase();
  });
}

/** `*` is any characters, `$` at the end the end of the path. Greedy from the left: linear but for a factor of the stars' texts. */
function fits(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith("$");
  const [start = "", ...rest] = (isAnchored ? pattern.slice(0, -1) : pattern).split("*");
  if (!path.startsWith(start)) return false;
  if (rest.length === 0) return !isAnchored || path === start;
  let at = start.length;
  const end = isAnchored ? (rest.pop() ?? "") : "";
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return !isAnchored || (path.endsWith(end) && path.length - end.length >= at);
}
