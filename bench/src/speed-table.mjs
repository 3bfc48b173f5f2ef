// From what was measured to the speed table: one row for each line, with a verdict.
import { fmt } from "./lib/stats.mjs";
import { lines } from "./speed-lines.mjs";

/** Of the policies of W4 only the one that most engines have. */
const isPeer = ({ contestant }) =>
  !/^(floor-|proto-|ours|node-|empty-|random order|critical path|HEFT|portfolio)/.test(contestant);

/** `results`: workload -> shape -> rows. */
export function speedRows(results) {
  return lines.map((drawn) => {
    const rows = rowsAt(results, drawn.workload, drawn.shape);
    const line = moved(drawn, rows);
    const found = figuresOf[line.kind](line, results, rows);
    const failed = rows.find((row) => row.contestant === (line.contestant ?? "ours"))?.failed;
    const text = (number) => shown(number, line.digits);
    return {
      id: line.id,
      measure: line.title,
      ours: text(found.ours),
      floor: text(found.floor),
      peers: bestPeers(line, rows),
      ratio: text(found.ratio),
      must: limit(line, line.must),
      aim: limit(line, line.aim),
      verdict: verdict(line, found, found.note ?? failed),
      unit: line.unit,
    };
  });
}

/** Lines that were drawn on other traces than these move as the policy that they are compared with does. */
function moved(line, rows) {
  const here = line.reached === undefined ? undefined : cell(rows, line.floor, line.metric);
  if (here === undefined) return line;
  const move = (bound) => Number((1 + ((bound - 1) * (here - 1)) / (line.reached - 1)).toFixed(4));
  return { ...line, must: move(line.must), aim: move(line.aim) };
}

const rowsAt = (results, workload, shape) => results[workload]?.[shape] ?? [];
const cell = (rows, contestant, metric) => rows.find((row) => row.contestant === contestant)?.[metric];

const figuresOf = {
  ratio({ contestant = "ours", metric, floor: name }, _, rows) {
    const [ours, floor] = [cell(rows, contestant, metric), cell(rows, name, metric)];
    const ratio = ours / floor;
    return { ours, floor, ratio, judged: ratio };
  },
  value({ contestant = "ours", metric, floor: name }, _, rows) {
    const ours = cell(rows, contestant, metric);
    return { ours, floor: cell(rows, name, metric), judged: ours };
  },
  above({ contestant, metric, floor: name }, _, rows) {
    const [whole, floor] = [cell(rows, contestant, metric), cell(rows, name, metric)];
    return { ours: whole - floor, floor, judged: whole - floor };
  },
  faster({ metric, peer }, _, rows) {
    const [ours, theirs] = [cell(rows, "ours", metric), cell(rows, peer, metric)];
    const lack = rows.find((row) => row.contestant === peer)?.failed;
    const note = lack === undefined ? undefined : `${peer}: ${lack}`;
    return { ours, ratio: theirs / ours, judged: theirs / ours, ...(note === undefined ? {} : { note }) };
  },
  growth({ workload, metric, from }, results, rows) {
    const [ours, small] = [cell(rows, "ours", metric), cell(rowsAt(results, workload, from), "ours", metric)];
    return { ours, ratio: ours / small, judged: ours / small };
  },
  finishes({ metric }, _, rows) {
    const ours = cell(rows, "ours", metric);
    return { ours, judged: ours === undefined ? undefined : "yes" };
  },
  decades({ workload, shapes, counts, metric }, results) {
    const each = shapes.map((shape) => cell(rowsAt(results, workload, shape), "ours", metric));
    const grown = each.slice(1).flatMap((us, at) => {
      const ratio = (us * counts[at + 1]) / (each[at] * counts[at]);
      return Number.isFinite(ratio) ? [ratio] : [];
    });
    const absent = counts.filter((_, at) => each[at] === undefined);
    const note = absent.length === 0 ? undefined : `without ${absent.join(", ")}`;
    const ratio = grown.length === 0 ? undefined : Math.max(...grown);
    return { ratio, judged: ratio, isPart: absent.length > 0, ...(note === undefined ? {} : { note }) };
  },
};

/** More is better where the line is a speed, a share, or how many times faster. */
const isHigh = (line) => line.better === "high" || line.kind === "faster";

function verdict(line, { judged, isPart }, note) {
  const why = note === undefined ? "" : ` (${note})`;
  if (judged === "yes") return "yes";
  if (judged === undefined || Number.isNaN(judged)) return `not measured${why}`;
  if (line.must === undefined) return "reported";
  const meets = (bound) => (isHigh(line) ? judged >= bound : judged <= bound);
  if (isPart && meets(line.must)) return `so far${why}`;
  return `${meets(line.aim) ? "aim" : meets(line.must) ? "must" : "short"}${why}`;
}

function limit(line, bound) {
  if (bound === undefined) return "";
  return `${isHigh(line) ? "≥" : "≤"} ${bound}`;
}

function bestPeers({ metric, kind, workload, better, digits }, rows) {
  if (kind === "decades" || kind === "growth" || workload === "scale") return "";
  const there = rows.filter((row) => isPeer(row) && typeof row[metric] === "number" && !Number.isNaN(row[metric]));
  there.sort((a, b) => (better === "high" ? b[metric] - a[metric] : a[metric] - b[metric]));
  return there
    .slice(0, 3)
    .map((row) => `${row.contestant} ${shown(row[metric], digits)}`)
    .join(", ");
}

function shown(number, digits) {
  if (number === undefined || Number.isNaN(number)) return "";
  return digits === undefined ? fmt(number) : number.toFixed(digits);
}

const heads = ["", "measure", "ours", "floor", "best peers", "ratio", "must", "aim", "verdict"];

/** Markdown. */
export function speedTable(rows) {
  const text = rows.map((row) => {
    const measure = row.unit === "" ? row.measure : `${row.measure}, ${row.unit}`;
    return [row.id, measure, row.ours, row.floor, row.peers, row.ratio, row.must, row.aim, row.verdict].join(" | ");
  });
  return [`| ${heads.join(" | ")} |`, `|${" --- |".repeat(heads.length)}`, ...text.map((row) => `| ${row} |`)].join(
    "\n",
  );
}

/** Contestants without figures, each with its reason. */
export function absentOf(results) {
  const absent = Object.entries(results).flatMap(([workload, shapes]) =>
    Object.entries(shapes).flatMap(([shape, rows]) =>
      rows
        .filter((row) => row.failed !== undefined)
        .map((row) => `${workload} ${shape} ${row.contestant}: ${row.failed}`),
    ),
  );
  return [...new Set(absent)];
}
