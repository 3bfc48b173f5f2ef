import type { Picture } from "./plan-picture.js";

/** Where each node goes: `layer` counts down the page from 0, `slot` along it from 0. */
export type Spot = { readonly layer: number; readonly slot: number };
export type Layout = { readonly spots: readonly Spot[]; readonly layers: readonly (readonly number[])[] };

const SWEEPS = 4;

/** Puts each node below all that lead to it, and beside its neighbours, so that few arrows cross. */
export function layeredLayout(picture: Picture, sequence: readonly number[]): Layout {
  const before: number[][] = picture.nodes.map(() => []);
  const after: number[][] = picture.nodes.map(() => []);
  for (const { from, to } of picture.arrows) {
    before[to]?.push(from);
    after[from]?.push(to);
  }
  const layerOf = depths(picture, sequence, before);
  const layers: number[][] = [];
  for (const node of sequence) {
    const layer = layerOf[node] ?? 0;
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(node);
  }
  const slot = new Float64Array(picture.nodes.length);
  for (const layer of layers) place(layer, slot);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) sortByNeighbours(layer, down ? before : after, slot);
  }
  return { layers, spots: picture.nodes.map((_, node) => ({ layer: layerOf[node] ?? 0, slot: slot[node] ?? 0 })) };
}

function depths(picture: Picture, sequence: readonly number[], before: readonly (readonly number[])[]): Int32Array {
  const position = new Int32Array(picture.nodes.length);
  sequence.forEach((node, i) => {
    position[node] = i;
  });
  const layer = new Int32Array(picture.nodes.length);
  for (const node of sequence) {
    for (const from of before[node] ?? [])
      if ((position[from] ?? 0) < (position[node] ?? 0))
        layer[node] = Math.max(layer[node] ?? 0, (layer[from] ?? 0) + 1);
  }
  return layer;
}

function place(layer: readonly number[], slot: Float64Array): void {
  layer.forEach((node, i) => {
    slot[node] = i;
  });
}

function sortByNeighbours(layer: number[], neighbours: readonly (readonly number[])[], slot: Float64Array): void {
  const wanted = new Map(layer.map((node) => [node, mean(neighbours[node] ?? [], slot) ?? slot[node] ?? 0]));
  layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a - b);
  place(layer, slot);
}

function mean(nodes: readonly number[], slot: Float64Array): number | undefined {
  if (nodes.length === 0) return undefined;
  return nodes.reduce((sum, node) => sum + (slot[node] ?? 0), 0) / nodes.length;
}
