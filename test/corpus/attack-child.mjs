// Runs attacks on the built engine in a process of its own, which may be ended when it hangs. Reads a file of JSON, writes one.
import { readFileSync, writeFileSync } from "node:fs";
import { diagnosticCodes } from "../../packages/engine/dist/errors/diagnostics.js";
import { compileCondition } from "../../packages/engine/dist/expression/condition.js";
import { validateValue } from "../../packages/engine/dist/expression/json-schema.js";
import { linearPattern } from "../../packages/engine/dist/expression/linear-pattern.js";
import { checkTemplate, renderTemplate } from "../../packages/engine/dist/expression/template.js";
import { checkTransform, runTransform } from "../../packages/engine/dist/expression/transform.js";
import { compileText } from "../../packages/engine/dist/testing/compile-text.js";

const [input, output, progress] = process.argv.slice(2);
const { kind, items, value, mostCpuMs, limitMs } = JSON.parse(readFileSync(input, "utf8"));
const found = { violations: [], accepted: 0, refused: 0, slowestMs: 0, slowest: "", digest: 0 };
const known = new Set(Object.keys(diagnosticCodes));
const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype, Promise.prototype];
const before = prototypes.map((one) => Reflect.ownKeys(one).length);

const violate = (what) => void (found.violations.length < 50 && found.violations.push(what));
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Ours are the errors with a code; anything else is a crash without a reason. */
function demandOurs(error) {
  if (error?.name !== "NanobrainError" || !/^E_[A-Z_]+$/.test(error.code)) violate(`crashed: ${error?.stack ?? error}`);
}

/** Results are plain data without functions. */
function demandPlain(result) {
  if (result === undefined) return;
  const text = typeof result === "string" ? result : JSON.stringify(result);
  if (/native code|\[object process|\bObject\b|\[Function/.test(text)) violate(`reached ${text.slice(0, 200)}`);
}

const within = (source, { offset = 0, length = 0 }) => offset >= 0 && length >= 0 && offset + length <= source.length;

const attacks = {
  condition(source) {
    const condition = compileCondition(source);
    if (!condition.ok) return refused(source, condition.problems);
    const verdict = condition.evaluate(value);
    if (!("failed" in verdict) && typeof verdict.pass !== "boolean") violate(`no verdict: ${JSON.stringify(verdict)}`);
    return true;
  },
  async transform(source) {
    const problems = checkTransform(source);
    if (problems.length > 0) return refused(source, problems);
    try {
      demandPlain(await runTransform(source, value, { timeoutMs: limitMs, depth: 400, items: 2_000_000 }));
    } catch (error) {
      demandOurs(error);
    }
    return true;
  },
  template(source) {
    const problems = checkTemplate(source);
    if (problems.length > 0) return refused(source, problems);
    try {
      demandPlain(
        renderTemplate(source, value, {
          format: "html",
          timeoutMs: limitMs,
          partials: { self: "{% include 'self' %}" },
        }),
      );
    } catch (error) {
      demandOurs(error);
    }
    return true;
  },
  async pattern({ pattern, text }) {
    const made = linearPattern(pattern);
    if (made.ok) made.pattern.exec(text, 0);
    if (made.ok) made.pattern.test(text);
    const byName = { type: "object", patternProperties: { [pattern]: { type: "string" } } };
    for (const [schema, value] of [
      [{ type: "string", pattern }, text],
      [byName, { [text]: "x" }],
    ])
      await Promise.resolve(validateValue(schema, value)).catch(demandOurs);
    const source = `$match($, /${pattern.replaceAll("/", "\\/")}/)`;
    if (checkTransform(source).length > 0) return made.ok;
    await runTransform(source, text, { timeoutMs: limitMs, depth: 400, items: 2_000_000 }).catch(demandOurs);
    return made.ok;
  },
  async document({ name, text, base64 }) {
    const content = base64 === undefined ? text : Uint8Array.from(Buffer.from(base64, "base64"));
    const { plan, diagnostics } = await compileText(content, { files: { "f.ts": "" }, functions: { f: () => null } });
    const lines = new TextDecoder()
      .decode(typeof content === "string" ? new TextEncoder().encode(content) : content)
      .split("\n");
    for (const one of diagnostics) {
      if (!known.has(one.code)) violate(`${name}: ${one.code} is in no catalogue`);
      if (one.file === "workflow.yml" && !(one.line >= 1 && one.line <= lines.length && one.column >= 1))
        violate(`${name}: a diagnostic at ${one.line}:${one.column}`);
    }
    if (plan === undefined && !diagnostics.some(({ severity }) => severity === "error"))
      violate(`${name}: refused without a reason`);
    if (plan === undefined) return false;
    const again = await compileText(content, { files: { "f.ts": "" }, functions: { f: () => null } });
    if (again.plan?.hash !== plan.hash) violate(`${name}: read twice, planned differently`);
    if (JSON.stringify(plan) !== JSON.stringify(JSON.parse(JSON.stringify(plan))))
      violate(`${name}: its plan is no plain data`);
    return true;
  },
};

function refused(source, problems) {
  for (const problem of problems) {
    if (!known.has(problem.code)) violate(`${problem.code} is in no catalogue`);
    if (!within(source, problem)) violate(`a problem outside the source: ${JSON.stringify(problem)}`);
  }
  return false;
}

const shown = (item) => JSON.stringify(item.name ?? item.pattern ?? item).slice(0, 200);
for (const [n, item] of items.entries()) {
  if (n % 200 === 0 || items.length < 2000) writeFileSync(progress, `${n}: ${shown(item)}`);
  const from = cpuMs();
  try {
    if (await attacks[kind](item)) found.accepted++;
    else found.refused++;
  } catch (error) {
    violate(`${shown(item)} threw ${error?.stack ?? error}`);
  }
  const took = cpuMs() - from;
  if (took > found.slowestMs) Object.assign(found, { slowestMs: took, slowest: shown(item) });
  if (took > mostCpuMs) violate(`${shown(item)} took ${Math.round(took)} ms of CPU time`);
  if ({}.polluted !== undefined || prototypes.some((one, at) => Reflect.ownKeys(one).length !== before[at])) {
    violate(`${shown(item)} polluted a prototype`);
    break;
  }
}
writeFileSync(output, JSON.stringify(found));
process.exit(0);
