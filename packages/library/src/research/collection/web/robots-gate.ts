import { type JsonObject, nanobrainError } from "@nanobrain/engine";
import type { Collecting } from "../collecting.js";
import { fetchPolitely } from "../fetch-politely.js";
import { isAllowed, type RobotRules, readRobots } from "./robots.js";

/** Asks each site once what it allows. */
export type RobotsGate = {
  /** The pause that the site asks for, in ms, or undefined. Throws E_COLLECT_REFUSED for what may not be fetched. */
  enter(url: URL): Promise<number | undefined>;
};

type Recorded = JsonObject & { readonly unreachable?: string; readonly rules?: RobotRules & JsonObject };

export function robotsGate(collecting: Collecting): RobotsGate {
  const known = new Map<string, Promise<Recorded>>();
  const { config } = collecting;
  return {
    async enter(url) {
      if (!config.respect_robots) return undefined;
      const asked = known.get(url.origin) ?? askSite(url.origin, collecting);
      known.set(url.origin, asked);
      const { unreachable, rules } = await asked;
      const refuse = (what: string): Error =>
        nanobrainError(
          "E_COLLECT_REFUSED",
          { url: url.href, what },
          { hint: "Leave the source out, or ask the site's owner." },
        );
      if (unreachable !== undefined) throw refuse(`its robots.txt cannot be reached: ${unreachable}`);
      if (rules !== undefined && !isAllowed(rules, url.pathname + url.search))
        throw refuse("its robots.txt forbids it");
      return rules?.crawlDelay === undefined ? undefined : rules.crawlDelay * 1_000;
    },
  };
}

/** RFC 9309: a robots.txt that is not there (4xx) allows all; one that cannot be reached allows nothing. */
async function askSite(origin: string, collecting: Collecting): Promise<Recorded> {
  const product = /^[A-Za-z_-]+/.exec(collecting.config.user_agent)?.[0] ?? "nanobrain";
  return await collecting.context.effect<Recorded>(`robots:${origin}`, async () => {
    let requests = 0;
    const counting = { ...collecting, onRequest: () => (requests += 1) };
    try {
      const url = new URL("/robots.txt", origin);
      const { answer, text } = await fetchPolitely(
        { url, headers: { accept: "text/plain" }, intervalMs: collecting.intervalMs, takesRefusals: true },
        counting,
      );
      return answer.status >= 400 ? {} : { rules: readRobots(text, product) as RobotRules & JsonObject };
    } catch (error) {
      collecting.context.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      return { unreachable: requests > 1 ? `${reason} (asked ${requests} times)` : reason };
    }
  });
}
