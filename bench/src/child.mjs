// One measurement: loads the workload and the contestant, prints one line '@@{json}'.
import { pathToFileURL } from "node:url";

const [workload, file, shapeText] = process.argv.slice(2);
const shape = JSON.parse(shapeText);

async function measured() {
  try {
    const { measure } = await import(`./workloads/${workload}.mjs`);
    const contestant = await import(pathToFileURL(file).href);
    if (contestant.supports && !contestant.supports(shape)) return { skip: "n/a" };
    return { version: contestant.version, note: contestant.note, ...(await measure(contestant, shape)) };
  } catch (error) {
    return { error: String(error?.stack ?? error).slice(0, 600) };
  }
}

process.stdout.write(`\n@@${JSON.stringify(await measured())}\n`, () => process.exit(0));
