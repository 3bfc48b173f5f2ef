import { test } from "vitest";
import { canaries } from "../secrets/canaries.js";
import { startEcho } from "../secrets/echo-server.js";
import { scenarios } from "../secrets/scenarios.js";
import { type Plant, Workbench } from "../secrets/workbench.js";
import { campaign } from "./ledger.js";

/** Bugs of masking, each put into the built file as it is loaded. */
const bugs: { readonly [bug: string]: Plant } = {
  "quoted secrets are not read": ["values/secret-mask.js", "mayHold(text) ? readingsOf(text)", "false ? []"],
  "base64 is not looked for": ["values/secret-needles.js", "[...base64Of(bytes), ", "["],
  "keys of objects are not masked": ["adapters/executors/to-json.js", "maskedKey(walk.limits.mask(key), copy)", "key"],
  "failures are not masked": ["values/masked-failure.js", "if (mask === undefined)", "if (true)"],
};

test("secrets: canaries through every feature, then all that was written is searched", () =>
  campaign("secrets", ["S25"], async (ledger) => {
    const echo = await startEcho();
    for (const [name, scenario] of Object.entries(scenarios)) {
      await ledger.point(name, async (injected) => {
        const bench = new Workbench(echo.url);
        try {
          const breaches = await scenario(bench);
          injected("F-canary: a secret handed to steps that tell it", canaries.length);
          const written = bench.written();
          ledger.note(
            `${name}: bytes searched`,
            written.reduce((sum, { bytes }) => sum + bytes.length, 0),
          );
          return [...breaches, ...bench.leaks()];
        } finally {
          bench.close();
        }
      });
    }
    for (const [bug, plant] of Object.entries(bugs)) {
      const bench = new Workbench(echo.url, plant);
      await scenarios["http: echoed in bodies, keys, headers, redirects, refusals"]?.(bench);
      ledger.planted(bug, bench.leaks().length > 0);
      bench.close();
    }
    echo.close();
  }));
