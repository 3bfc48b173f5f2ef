import { describe, expect, it } from "vitest";
import type { ErrorHandlingName } from "../../document/document.js";
import { failureOf } from "../../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";
import { FAILED, SETTLED, SKIPPED, SUCCEEDED } from "../state.js";

/*
 * What becomes of `a -> b -> c` beside `s` when one of them fails, written down before the code. Groups of `parallel`: a s, b, c;
 * each begins with a checkpoint. `max_retries` is 2. The others of a group end before the failing one does.
 *
 * steps: + succeeded, x failed, - skipped, . neither (not begun, or open and to be tried again).
 * starts: attempts until the run's end. rolled: rollbacks of all runs. outputs: what the run has then. resumed: starts in all,
 * once the cause is mended and the run resumed; it completes with the outputs of a run without failures then.
 */
const table = `
place    strategy          run        steps        starts          rolled  outputs    resumed
first    continue          completed  ax b- c- s+  a1 s1           0       other      -
first    stop              failed     a. b. c. s+  a1 s1           0       other      a2 b1 c1 s1
first    retry             failed     a. b. c. s+  a3 s1           0       other      a4 b1 c1 s1
first    rollback          failed     a. b. c. s+  a3 s3           2       other      a4 b1 c1 s3
first    retry+rollback    failed     a. b. c. s.  a3 s1           1       none       a4 b1 c1 s2
middle   continue          completed  a+ bx c- s+  a1 b1 s1        0       other      -
middle   stop              failed     a+ b. c. s+  a1 b1 s1        0       other      a1 b2 c1 s1
middle   retry             failed     a+ b. c. s+  a1 b3 s1        0       other      a1 b4 c1 s1
middle   rollback          failed     a+ b. c. s+  a1 b3 s1        2       other      a1 b4 c1 s1
middle   retry+rollback    failed     a+ b. c. s+  a1 b3 s1        1       other      a1 b4 c1 s1
last     continue          completed  a+ b+ cx s+  a1 b1 c1 s1     0       other      -
last     stop              failed     a+ b+ c. s+  a1 b1 c1 s1     0       other      a1 b1 c2 s1
last     retry             failed     a+ b+ c. s+  a1 b1 c3 s1     0       other      a1 b1 c4 s1
last     rollback          failed     a+ b+ c. s+  a1 b1 c3 s1     2       other      a1 b1 c4 s1
last     retry+rollback    failed     a+ b+ c. s+  a1 b1 c3 s1     1       other      a1 b1 c4 s1
sibling  continue          completed  a+ b+ c+ sx  a1 b1 c1 s1     0       end        -
sibling  stop              failed     a+ b. c. s.  a1 s1           0       none       a1 b1 c1 s2
sibling  retry             failed     a+ b. c. s.  a1 s3           0       none       a1 b1 c1 s4
sibling  rollback          failed     a+ b. c. s.  a3 s3           2       none       a3 b1 c1 s4
sibling  retry+rollback    failed     a. b. c. s.  a1 s3           1       none       a2 b1 c1 s4
child    continue          completed  a+ b+ c- s+  a1 b/p1 s1      0       other      -
child    stop              failed     a+ b. c. s+  a1 b/p1 s1      0       other      a1 b/p2 b/q1 c1 s1
child    retry             failed     a+ b. c. s+  a1 b/p3 s1      0       other      a1 b/p4 b/q1 c1 s1
child    rollback          failed     a+ b. c. s+  a1 b/p3 s1      2       other      a1 b/p4 b/q1 c1 s1
child    retry+rollback    failed     a+ b. c. s+  a1 b/p3 s1      2       other      a1 b/p4 b/q1 c1 s1
map      continue          completed  a+ bx c- s+  a1 b[0]1 s1     0       other      -
map      stop              failed     a+ b. c. s+  a1 b[0]1 s1     0       other      a1 b[0]2 b[1]1 c1 s1
map      retry             failed     a+ b. c. s+  a1 b[0]3 s1     0       other      a1 b[0]4 b[1]1 c1 s1
map      rollback          failed     a+ b. c. s+  a1 b[0]3 s1     2       other      a1 b[0]4 b[1]1 c1 s1
map      retry+rollback    failed     a+ b. c. s+  a1 b[0]3 s1     1       other      a1 b[0]4 b[1]1 c1 s1
loop     continue          completed  a+ bx c- s+  a1 b2 s1        0       other      -
loop     stop              failed     a+ b. c. s+  a1 b2 s1        0       other      a1 b4 c1 s1
loop     retry             failed     a+ b. c. s+  a1 b4 s1        0       other      a1 b6 c1 s1
loop     rollback          failed     a+ b. c. s+  a1 b6 s1        2       other      a1 b8 c1 s1
loop     retry+rollback    failed     a+ b. c. s+  a1 b4 s1        1       other      a1 b7 c1 s1
`;

type Row = { readonly [column: string]: string };

function rowsOf(text: string): readonly Row[] {
  const [head = "", ...lines] = text.trim().split("\n");
  const columns = head.split(/ {2,}/);
  return lines.map((line) => Object.fromEntries(line.split(/ {2,}/).map((cell, at) => [columns[at] ?? "", cell])));
}

/** The path that fails, in which of its rounds, and what `b` is there. */
const places: { readonly [place: string]: { readonly path: string; readonly round?: number; readonly b?: StepSpec } } =
  {
    first: { path: "a" },
    middle: { path: "b" },
    last: { path: "c" },
    sibling: { path: "s" },
    child: { path: "b/p", b: { workflow: "inner" } },
    map: { path: "b[0]", b: { forEach: { over: "items" } } },
    loop: { path: "b", round: 2, b: { repeat: { max: 3, carry: { x: "in" } } } },
  };

function specsOf(place: string, strategy: string): WorkflowSpec[] {
  const handling = (strategy === "retry+rollback" ? "retry" : strategy) as ErrorHandlingName;
  const recovery = { handling, maxRetries: 2, rollbackOnFailure: strategy === "retry+rollback" };
  const b = places[place]?.b ?? {};
  return [
    {
      ...recovery,
      strategy: "parallel",
      inputs: { items: { default: [11, 12] } },
      steps: { a: {}, b, c: {}, s: {} },
      outputs: { end: { optional: true }, other: {} },
      links: ["a.x -> b.in", ...(b.forEach ? ["items -> b.items"] : []), "b.x -> c.in", "c.x -> end", "s.x -> other"],
    },
    {
      name: "inner",
      ...recovery,
      inputs: { in: {} },
      steps: { p: {}, q: {} },
      outputs: { x: { optional: true } },
      links: ["in -> p.in", "p.x -> q.in", "q.x -> x"],
    },
  ];
}

/** Ends all that is under way until nothing is, the failing path last of its group. Without `failing` nothing fails. */
function drive(run: SteeredRun, failing?: { readonly path: string; readonly round?: number }): SteeredRun {
  for (;;) {
    const { tree } = run.host;
    if (tree.ended) return run;
    const [first, ...others] = run.underWay;
    if (first === undefined) {
      if (!run.host.move()) return run;
      run.look();
      continue;
    }
    const path = first === failing?.path ? (others[0] ?? first) : first;
    const { run: index, node, n, c } = run.flight(path);
    const round = activationAt(tree, index, node, n, c);
    const fails = path === failing?.path && (failing.round ?? round) === round;
    if (fails) run.fail(path, failureOf("E_STEP", { what: "test" }));
    else run.end(path);
  }
}

function activationAt(tree: SteeredRun["host"]["tree"], index: number, node: number, n: number, c: number): number {
  const open = [...(tree.runs[index]?.open.values() ?? [])].find((each) => each.node === node && each.n === n);
  return open?.cells.get(c)?.round ?? 1;
}

const marks = new Map([
  [SUCCEEDED, "+"],
  [SKIPPED, "-"],
  [FAILED, "x"],
]);

function stepsOf({ host }: SteeredRun): string {
  const root = host.tree.runs[0];
  const statuses = root?.workflow.steps.map((node) => {
    const status = root.node[node] ?? 0;
    return `${root.workflow.nodes[node]?.name}${status < SETTLED ? "." : marks.get(status)}`;
  });
  return statuses?.join(" ") ?? "";
}

function startsOf(run: SteeredRun): string {
  const counts = new Map<string, number>();
  for (const line of run.story) {
    const [word, path = ""] = line.split(" ");
    if (word === "start") counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, count]) => `${path}${count}`)
    .join(" ");
}

function rolledBack(run: SteeredRun): number {
  return run.host.journal.filter((event) => event.type === "run.rolledback").length;
}

describe("error strategies", () => {
  it.each(rowsOf(table))("$strategy, failure $place: run $run, steps $steps", (row) => {
    const { place = "", strategy = "" } = row;
    const specs = specsOf(place, strategy);
    const whole = drive(new SteeredRun(specs).begin()).host.outputs;
    const run = drive(new SteeredRun(specs).begin(), places[place]);
    expect({
      run: run.host.status,
      steps: stepsOf(run),
      starts: startsOf(run),
      rolled: `${rolledBack(run)}`,
      outputs: Object.keys(run.host.outputs).join(" ") || "none",
    }).toEqual({
      run: row["run"],
      steps: row["steps"],
      starts: row["starts"],
      rolled: row["rolled"],
      outputs: row["outputs"],
    });
    if (row["resumed"] !== "-") {
      drive(run.resume());
      expect([run.host.status, stepsOf(run), startsOf(run)]).toEqual(["completed", "a+ b+ c+ s+", row["resumed"]]);
      expect(run.host.outputs).toEqual(whole);
    }
    expect(run.faults).toEqual([]);
  });
});
