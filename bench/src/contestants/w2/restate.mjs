import * as restate from "@restatedev/restate-sdk";

// the SDK uses Promise.withResolvers, which Node 20 lacks
Promise.withResolvers ??= () => {
  let resolve, reject;
  const promise = new Promise((a, b) => {
    resolve = a;
    reject = b;
  });
  return { promise, resolve, reject };
};

import * as clients from "@restatedev/restate-sdk-clients";
import { version as v } from "../../lib/version.mjs";
export const version = v("@restatedev/restate-server"),
  klass = "D2",
  note = "ctx.run in one handler; own server, HTTP/2";
let c;
const port = 27600 + (process.pid % 300);
const svc = restate.service({
  name: `Flow${process.pid}`,
  handlers: {
    go: async (ctx, p) => {
      for (let i = 0; i < p.n; i++) await ctx.run("s", async () => ({ run: p.r, step: i, ok: true }));
      return p.n;
    },
  },
});
export async function open() {
  await restate.endpoint().bind(svc).listen(port);
  const r = await fetch(`${process.env.RS_ADMIN}/deployments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri: `http://127.0.0.1:${port}`, force: true }),
  });
  if (!r.ok) throw new Error(`Error register ${r.status} ${await r.text()}`);
  c = clients.connect({ url: process.env.RS_INGRESS }).serviceClient(svc);
}
export async function run({ runs, steps }) {
  const t = performance.now();
  await Promise.all(Array.from({ length: runs }, (_, r) => c.go({ r, n: steps })));
  return { ms: performance.now() - t };
}
