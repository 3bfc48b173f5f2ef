import type { Plan } from "../plan.js";
import { type Layout, layeredLayout } from "./layered-layout.js";
import { type Picture, type PictureArrow, type PictureNode, pictureOf } from "./plan-picture.js";

const BOX = { width: 160, height: 44 };
const GAP = { x: 28, y: 52 };
const MARGIN = 24;
const MAX_NAME = 20;

type Corner = { readonly x: number; readonly y: number };

/** A plan as a drawing that stands alone: no script, no font, no picture from elsewhere. `statuses`: of steps by name, shown by colours. */
export function planSvg(plan: Plan, statuses?: { readonly [step: string]: string }): string {
  const picture = pictureOf(plan);
  const sequence = picture.nodes
    .map((_, i) => i)
    .sort((a, b) => (picture.nodes[a]?.rank ?? 0) - (picture.nodes[b]?.rank ?? 0));
  const layout = layeredLayout(picture, sequence);
  const widest = layout.layers.reduce((most, layer) => Math.max(most, layer.length), 1);
  const width = 2 * MARGIN + widest * (BOX.width + GAP.x) - GAP.x;
  const height = 2 * MARGIN + Math.max(1, layout.layers.length) * (BOX.height + GAP.y) - GAP.y;
  const corners = cornersOf(layout, width);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(picture.title)}</title>`,
    STYLE,
    ...(statuses === undefined ? [] : [STATUS_STYLE]),
    ...picture.arrows.map((arrow) => arrowPath(arrow, corners)),
    ...labels(picture, corners),
    ...picture.nodes.map((node, i) => box(node, corners[i] ?? { x: 0, y: 0 }, statuses)),
    "</svg>",
  ].join("\n");
}

const STYLE = `<style>
svg{background:#fff;color:#1d2733}rect,path.out{fill:#eef4fb;stroke:#4a6f94}.unit rect{fill:#f4f1e6;stroke:#9a8a4f}
.output rect{fill:#e9f5ec;stroke:#4d8a5c}.trigger rect{fill:#f8ecf3;stroke:#95507c}text{fill:#1d2733;text-anchor:middle}.detail{font-size:10px;fill:#5b6875}
.arrow{fill:none;stroke:#7b8794}.gate,.order{stroke-dasharray:5 4}.fires{stroke-dasharray:2 3}.queue{stroke-width:3}.label{font-size:10px;fill:#5b6875;paint-order:stroke;stroke:#fff;stroke-width:3px}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#7b8794"/></marker></defs>`;

const STATUS_STYLE = `<style>
.step rect{fill:#f6f7f9;stroke:#9aa5b1;stroke-dasharray:3 3}.is-succeeded rect{fill:#e3f4e8;stroke:#2f7d46;stroke-dasharray:none}.is-failed rect{fill:#fde7e4;stroke:#b3261e;stroke-width:2;stroke-dasharray:none}
.is-running rect,.is-retrying rect{fill:#e3effb;stroke:#0b5cad;stroke-width:2;stroke-dasharray:none}.is-skipped rect,.is-cancelled rect{fill:#f1f1f1;stroke:#8b8b8b}.is-skipped text,.is-cancelled text{fill:#666}
</style>`;

/** Layers are centred, each node at its slot. */
function cornersOf(layout: Layout, width: number): readonly Corner[] {
  return layout.spots.map(({ layer, slot }) => {
    const count = layout.layers[layer]?.length ?? 1;
    const start = (width - (count * (BOX.width + GAP.x) - GAP.x)) / 2;
    return { x: start + slot * (BOX.width + GAP.x), y: MARGIN + layer * (BOX.height + GAP.y) };
  });
}

function box(node: PictureNode, { x, y }: Corner, statuses: { readonly [step: string]: string } | undefined): string {
  const middle = x + BOX.width / 2;
  const round = node.kind === "step" ? 4 : BOX.height / 2;
  const rect = (inset: number) =>
    `<rect x="${x + inset}" y="${y + inset}" width="${BOX.width - 2 * inset}" height="${BOX.height - 2 * inset}" rx="${round}"/>`;
  const detail = [node.detail, ...node.marks].join(" · ");
  const status =
    node.kind === "step" && statuses !== undefined && Object.hasOwn(statuses, node.name)
      ? statuses[node.name]
      : undefined;
  const said = status === undefined ? "" : `, ${status}`;
  return [
    `<g class="${node.kind}${status === undefined ? "" : ` is-${escaped(status)}`}"><title>${escaped(`${node.name} (${node.detail})${said}`)}</title>`,
    rect(0) + (node.isNested || node.marks.includes("each") ? rect(3) : ""),
    `<text x="${middle}" y="${y + 19}">${escaped(shortened(node.name, MAX_NAME))}</text>`,
    `<text class="detail" x="${middle}" y="${y + 34}">${escaped(shortened(detail, 26))}</text></g>`,
  ].join("");
}

function arrowPath({ from, to, kind }: PictureArrow, corners: readonly Corner[]): string {
  const [a, b] = [corners[from], corners[to]];
  if (a === undefined || b === undefined) return "";
  const start = { x: a.x + BOX.width / 2, y: a.y + BOX.height };
  const end = { x: b.x + BOX.width / 2, y: b.y };
  const bend = Math.max(20, Math.abs(end.y - start.y) / 2);
  const way = `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`;
  return `<path class="arrow${kind === "link" ? "" : ` ${kind}`}" d="${way}" marker-end="url(#tip)"/>`;
}

function labels(picture: Picture, corners: readonly Corner[]): readonly string[] {
  return picture.arrows.flatMap(({ from, to, label }) => {
    const [a, b] = [corners[from], corners[to]];
    if (label === "" || a === undefined || b === undefined) return [];
    const x = (a.x + b.x + BOX.width) / 2;
    const y = (a.y + BOX.height + b.y) / 2 + 3;
    return [`<text class="label" x="${x}" y="${y}">${escaped(shortened(label, 30))}</text>`];
  });
}

/** Keeps head and tail. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`;
}

function escaped(text: string): string {
  // Characters that XML has no place for are left out.
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);
}
