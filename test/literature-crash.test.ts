import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { commandLine, plainEnvironment } from "./project.js";

let folder = "";
const open: (() => void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await rm(folder, { recursive: true, force: true });
});

const result = (id: number) => ({ id: `${id}`, source: "MED", pmid: `${id}`, title: `A work with the number ${id}` });

/** Europe PMC with 500 records, 100 to a page; `onPage` may hold an answer back. */
async function serve(
  onPage: (mark: number) => boolean,
): Promise<{ readonly address: string; readonly asked: number[] }> {
  const asked: number[] = [];
  const server = createServer((request, response) => {
    const mark = Number(new URL(request.url ?? "", "http://x").searchParams.get("cursorMark")?.replace("*", "0"));
    asked.push(mark);
    if (!onPage(mark)) return;
    const list = Array.from({ length: 100 }, (_, at) => result(mark * 100 + at + 1));
    response.end(JSON.stringify({ hitCount: 500, nextCursorMark: `${mark + 1}`, resultList: { result: list } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function nanobrain(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<string> } {
  const child = spawn(process.execPath, [commandLine, ...args], { cwd: folder, env: plainEnvironment() });
  open.push(() => child.kill("SIGKILL"));
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += String(part);
  });
  return { child, ended: new Promise((resolve) => child.on("close", () => resolve(text))) };
}

it("a search that is killed: the pages it had are not asked for again", async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-search-"));
  let kill = (): void => undefined;
  let isFirst = true;
  const { address, asked } = await serve((mark) => {
    if (mark !== 3 || !isFirst) return true;
    isFirst = false;
    kill();
    return false;
  });
  await writeFile(
    join(folder, "search.yml"),
    `name: search
steps:
  find:
    class: LiteratureSearchStep
    config:
      search_engines: [europe_pmc]
      query: anything
      max_results: 500
      endpoints: { europe_pmc: "http://${address}/search" }
      allow_hosts: ["${address}"]
`,
  );
  const first = nanobrain(["run", "search.yml", "--run-id", "killed-search", "--store", "store"]);
  kill = () => void first.child.kill("SIGKILL");
  await first.ended;
  expect(asked).toEqual([0, 1, 2, 3]);
  const text = await nanobrain(["resume", "killed-search", "--store", "store", "--json"]).ended;
  const { status, outputs } = JSON.parse(text) as { status: string; outputs: { [port: string]: readonly unknown[] } };
  expect(status).toBe("completed");
  expect(asked).toEqual([0, 1, 2, 3, 3, 4]);
  expect(outputs["find.search_results"]).toHaveLength(500);
});
