import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "@nanobrain/engine";
import { createTestRuntime } from "@nanobrain/engine/testing";
import { afterEach, describe, expect, it } from "vitest";
import { pack as library } from "../../pack.js";
import { createHostTurns, type Pace } from "../host-turns.js";
import { literatureSearchStepBy } from "./literature-search-step.js";

type Reply = {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: string;
};

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Time that passes only when somebody waits for it. */
function virtualPace(): Pace {
  let now = 0;
  return {
    nowMs: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      now += ms;
    },
  };
}

/** A server that notes when, by the pace's time, it was asked for what. */
async function serve(pace: Pace, reply: (request: IncomingMessage, number: number) => Reply) {
  const seen: { readonly at: number; readonly url: URL }[] = [];
  const server = createServer((request, response) => {
    seen.push({ at: pace.nowMs(), url: new URL(request.url ?? "", "http://x") });
    const { status = 200, headers = {}, body } = reply(request, seen.length);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, host };
}

async function run(pace: Pace, document: string) {
  const step = literatureSearchStepBy(createHostTurns(pace));
  const classes = library.classes.map((entry) =>
    entry.class === step.class ? { ...entry, load: async () => step } : entry,
  );
  await using runtime = await createTestRuntime({
    packs: [{ ...library, classes }],
    files: { "search.yml": document },
  });
  const handle = await runtime.start(await runtime.load("search.yml"), {});
  const ended = handle.result();
  await runtime.clock.runUntilIdle();
  return await ended;
}

const step = (name: string, host: string, config: string): string => `  ${name}:
    class: nanobrain.library.steps.LiteratureSearchStep
    config:
      allow_hosts: ["${host}"]
      ${config.split("\n").join("\n      ")}
`;

const feed = (from: number, count: number, total: number): string => {
  const entries = Array.from({ length: count }, (_, at) => {
    const id = `2001.${10000 + from + at}`;
    return `<entry><id>http://arxiv.org/abs/${id}</id><title>Some long title of number ${from + at}</title></entry>`;
  });
  return `<feed><opensearch:totalResults>${total}</opensearch:totalResults>${entries.join("")}</feed>`;
};
const pageOf = (request: IncomingMessage): string =>
  feed(Number(new URL(request.url ?? "", "http://x").searchParams.get("start")), 100, 300);
const arxiv = (host: string, more = "") =>
  `search_engines: [arxiv]\nquery: folds\nendpoints: { arxiv: "http://${host}/api/query" }\nmax_results: 300${more}`;

describe("politeness", () => {
  it("a host's limit: steps at once never ask it more often, and none is refused", async () => {
    const pace = virtualPace();
    const { seen, host } = await serve(pace, (request) => ({ body: pageOf(request) }));
    const names = ["one", "two", "three"];
    const result = await run(
      pace,
      `name: many\nsteps:\n${names.map((name) => step(name, host, arxiv(host))).join("")}`,
    );
    expect(result.status).toBe("completed");
    expect(seen).toHaveLength(9);
    const times = seen.map(({ at }) => at);
    for (const start of times) expect(times.filter((at) => at >= start && at < start + 3_000)).toHaveLength(1);
  });

  it("Retry-After: nobody asks before it is over, and then the same page again", async () => {
    const pace = virtualPace();
    const { seen, host } = await serve(pace, (request, number) =>
      number === 2 ? { status: 429, headers: { "retry-after": "20" }, body: "slow down" } : { body: pageOf(request) },
    );
    const result = await run(pace, `name: late\nsteps:\n${step("find", host, arxiv(host))}`);
    expect((result.outputs["find.search_results"] as unknown[]).length).toBe(300);
    expect(seen.map(({ at, url }) => [at, url.searchParams.get("start")])).toEqual([
      [0, "0"],
      [3_000, "100"],
      [23_000, "100"],
      [26_000, "200"],
    ]);
    expect(result.outputs["find.report"]).toMatchObject({ engines: { arxiv: { requests: 4, taken: 300 } } });
  });

  it("arXiv's rate text with a good status: a refusal, not an empty answer", async () => {
    const pace = virtualPace();
    const { seen, host } = await serve(pace, (request, number) => ({
      body: number < 3 ? "Rate exceeded." : pageOf(request),
    }));
    const result = await run(pace, `name: rate\nsteps:\n${step("find", host, arxiv(host, "\nper_engine: 100"))}`);
    expect(seen.map(({ at }) => at)).toEqual([0, 10_000, 30_000]);
    expect((result.outputs["find.search_results"] as unknown[]).length).toBe(100);
  });

  it("a longer pause than max_wait: the engine fails at once, and says how long", async () => {
    const pace = virtualPace();
    const { seen, host } = await serve(pace, () => ({ status: 503, headers: { "retry-after": "600" }, body: "" }));
    const config = arxiv(host, "\nmax_wait: 30s");
    const result = await run(
      pace,
      `name: long\nerror_handling_config: { max_retries: 0 }\nsteps:\n${step("find", host, config)}`,
    );
    expect(seen).toHaveLength(1);
    expect(result.failures[0]?.failure).toMatchObject({
      code: "E_HTTP_STATUS",
      kind: "network",
      retryAfterMs: 600_000,
    });
  });

  it("OpenAlex's budget is spent: it is asked once, and the failure says what to do", async () => {
    const pace = virtualPace();
    const { seen, host } = await serve(pace, () => ({ status: 429, body: '{"error":"Insufficient budget"}' }));
    const config = `search_engines: [openalex]\nquery: folds\nendpoints: { openalex: "http://${host}/works" }`;
    const result = await run(pace, `name: spent\nsteps:\n${step("find", host, config)}`);
    expect(seen).toHaveLength(1);
    const { code, message, kind } = result.failures[0]?.failure ?? {};
    expect([code, kind]).toEqual(["E_SEARCH_BUDGET", "configuration"]);
    expect(message).toContain("set OPENALEX_API_KEY");
  });

  it("a later attempt: asks only for the pages that are missing", async () => {
    const pace = virtualPace();
    let broken = 3;
    const { seen, host } = await serve(pace, (request) => {
      const isBroken = request.url?.includes("start=200") === true && broken-- > 0;
      return isBroken ? { status: 500, body: "down" } : { body: pageOf(request) };
    });
    const retry = "error_handling: retry\nerror_handling_config: { max_retries: 2, retry_delay: 1 }";
    const config = arxiv(host, "\non_engine_error: fail");
    const result = await run(pace, `name: again\n${retry}\nsteps:\n${step("find", host, config)}`);
    expect(result.status).toBe("completed");
    expect(seen.map(({ url }) => url.searchParams.get("start"))).toEqual(["0", "100", "200", "200", "200", "200"]);
    expect((result.outputs["find.report"] as JsonObject)["taken"]).toBe(300);
  });
});
