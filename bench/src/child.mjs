// One measurement: loads the workload and the contestant, prints one line '@@{json}'.
import { pathToFileURL } from "node:url";

const [w, file, shapeJson] = process.argv.slice(2);
const def = await import(`./workloads/${w}.mjs`);
const shape = JSON.parse(shapeJson);
let out;
try {
  const c = await import(pathToFileURL(file).href);
  if (c.supports && !c.supports(shape)) out = { skip: "n/a" };
  else out = { version: c.version, note: c.note, ...(await def.measure(c, shape)) };
} catch (e) {
  out = { error: String(e?.stack ?? e).slice(0, 400) };
}
process.stdout.write(`\n@@${JSON.stringify(out)}\n`, () => process.exit(0));
