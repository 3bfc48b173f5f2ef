// Effect's durable workflows: one Activity per step; cluster engine with a single runner, messages in PostgreSQL.

import { PgClient } from "@effect/sql-pg";
import { Effect, Layer, ManagedRuntime, Redacted, Schema } from "effect";
import { ClusterWorkflowEngine, SingleRunner } from "effect/cluster";
import { Digest } from "effect/crypto";
import { Activity, Workflow } from "effect/workflow";
import { version as v } from "../../lib/version.mjs";
export const version = `${v("effect")} / ${v("@effect/sql-pg")}`,
  klass = "D2",
  note = "Activity per step, single runner";
const Flow = Workflow.make(`Flow${process.pid}`, {
  payload: { id: Schema.String, n: Schema.Number },
  success: Schema.Number,
  idempotencyKey: (p) => p.id,
});
const Res = Schema.Struct({ step: Schema.Number, ok: Schema.Boolean });
const impl = Flow.toLayer((p) =>
  Effect.gen(function* () {
    for (let i = 0; i < p.n; i++)
      yield* Activity.make({ name: `s${i}`, success: Res, execute: Effect.succeed({ step: i, ok: true }) });
    return p.n;
  }),
);
let rt,
  gen = 0;
export async function open() {
  const pg = PgClient.layer({
    url: Redacted.make(process.env.PG_URL.replace(/\/bench$/, "/bench_effect")),
    maxConnections: 20,
  });
  const engine = ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(SingleRunner.layer({ runnerStorage: "memory" })),
    Layer.provideMerge(pg),
    Layer.provideMerge(Digest.layerWebCrypto),
  );
  rt = ManagedRuntime.make(impl.pipe(Layer.provideMerge(engine)));
  await rt.runPromise(Effect.void);
}
export async function run({ runs, steps }) {
  const g = `${Date.now()}-${++gen}`,
    t = performance.now();
  await rt.runPromise(
    Effect.forEach(
      Array.from({ length: runs }, (_, r) => r),
      (r) => Flow.execute({ id: `${g}-${r}`, n: steps }),
      { concurrency: "unbounded", discard: true },
    ),
  );
  return { ms: performance.now() - t };
}
export const close = () => rt.dispose();
