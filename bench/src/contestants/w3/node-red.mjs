// Embedded runtime, three nodes of an own type in a row (as node authors do), no HTTP admin.
import { mkdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { version as v } from "../../lib/version.mjs";

const require = createRequire(import.meta.url);
export const version = v("node-red");
export const note = "three nodes of an own type; asynchronous delivery";
export async function pipeline({ stages, onOut, dir }) {
  const RED = require("node-red");
  mkdirSync(`${dir}/nodes`);
  globalThis.__nr = { stages, onOut };
  writeFileSync(
    `${dir}/nodes/bench.js`,
    `module.exports = (RED) => {
    RED.nodes.registerType('bstage', function (c) { RED.nodes.createNode(this, c); const f = globalThis.__nr.stages[c.k]; this.on('input', async (m, send, done) => { m.payload = await f(m.payload); send(m); done(); }); });
    RED.nodes.registerType('bsink', function (c) { RED.nodes.createNode(this, c); this.on('input', (m, send, done) => { globalThis.__nr.onOut(m.payload); done(); }); });
    RED.nodes.registerType('bsrc', function (c) { RED.nodes.createNode(this, c); globalThis.__nr.src = this; });
  };`,
  );
  writeFileSync(
    `${dir}/nodes/bench.html`,
    ["bstage", "bsink", "bsrc"]
      .map(
        (t) =>
          `<script type="text/javascript">RED.nodes.registerType('${t}',{category:'function',defaults:{},inputs:1,outputs:1})</script>`,
      )
      .join("\n"),
  );
  const srv = http.createServer();
  RED.init(srv, {
    userDir: dir,
    nodesDir: `${dir}/nodes`,
    httpAdminRoot: false,
    httpNodeRoot: false,
    flowFile: "f.json",
    logging: { console: { level: "off" } },
    telemetry: { enabled: false },
  });
  writeFileSync(
    `${dir}/f.json`,
    JSON.stringify([
      { id: "t", type: "tab", label: "t" },
      { id: "src", z: "t", type: "bsrc", wires: [["a"]] },
      { id: "a", z: "t", type: "bstage", k: 0, wires: [["b"]] },
      { id: "b", z: "t", type: "bstage", k: 1, wires: [["c"]] },
      { id: "c", z: "t", type: "bstage", k: 2, wires: [["d"]] },
      { id: "d", z: "t", type: "bsink", wires: [] },
    ]),
  );
  await RED.start();
  for (let i = 0; i < 100 && !globalThis.__nr.src; i++) await new Promise((r) => setTimeout(r, 100));
  if (!globalThis.__nr.src) throw new Error("Error node-red flow did not start");
  return {
    emit(ev) {
      globalThis.__nr.src.send({ payload: ev });
    },
    close: () => RED.stop(),
  };
}
