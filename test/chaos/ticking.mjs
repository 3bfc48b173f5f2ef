// A run that a timer fires a few times while the wall clock is set about; or that is stopped for a while by whoever started this.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineStep } from "@nanobrain/engine";

const [folder, jumpsPerSecond = "0"] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** The wall clock of this process, off by whatever it is set to. */
const off = { ms: 0 };
const wall = Date.now.bind(Date);
Date.now = () => wall() + off.ms;

const tick = defineStep({ class: "Tick", version: "1", inputs: {}, outputs: {}, run: () => ({}) });
writeFileSync(
  join(folder, "ticking.yml"),
  `name: ticking
execution_strategy: event_driven
completion: manual
steps: { tick: { class: Tick, cache: off } }
triggers: { beat: { class: TimerTrigger, config: { interval: 1, count: 5, step_targets: [tick] } } }
`,
);
const runtime = await createRuntime({ store: join(folder, "store"), project: folder, steps: [tick] });
const run = await runtime.start(await runtime.load(join(folder, "ticking.yml")), {});
let ticks = 0;
const five = new Promise((resolve) =>
  run.listen(({ type }) => {
    if (type !== "attempt.succeeded") return;
    ticks++;
    say({ ticks, atMs: performance.now() });
    if (ticks === 5) resolve();
  }),
);
say({ ready: true });
const began = process.cpuUsage();
const beganMs = performance.now();
const jumps = [-86_400_000, -3_600_000, 3_600_000, 86_400_000, 31_536_000_000, -31_536_000_000];
let set = 0;
const setting =
  Number(jumpsPerSecond) > 0 &&
  setInterval(() => {
    off.ms = jumps[set++ % jumps.length];
    if (performance.now() - beganMs < 5000) return;
    clearInterval(setting);
    off.ms = 0;
  }, 1000 / Number(jumpsPerSecond));
await five;
const { user, system } = process.cpuUsage(began);
await run.finish();
const { status } = await run.result();
const { events } = await runtime.look(run.id);
say({
  status,
  set,
  fired: events.filter(({ type }) => type === "trigger.fired").length,
  cpuShare: (user + system) / 1000 / (performance.now() - beganMs),
});
await runtime.close();
