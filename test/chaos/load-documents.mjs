// The workflows of loads, by size.
const queue = (sink) => `
links:
  line: { class: QueueLink, config: { source: source.out, targets: [sink.in], capacity: ${sink.capacity ?? 10}, max_deliveries: 2 } }
  dead: { class: TransformLink, config: { source: line.dead_letters, target: refused, expression: "item" } }
steps:
  source: { class: Source, cache: off, config: { count: ${sink.count}, atOnce: ${sink.atOnce ?? 1} } }
  sink: { class: Sink, cache: off, config: { slowMs: ${sink.slowMs ?? 0}, poison: ${sink.poison ?? 0} } }
output_data_units: { refused: { class: DataUnitMemory, merge: collect, optional: true } }
error_handling_config: { retry_delay: 0 }
`;

const hugeDocument = (sizeBytes, asFile) => `
steps:
  huge: { class: Huge, cache: off, config: { sizeBytes: ${sizeBytes}, asFile: ${asFile} } }
output_data_units: { out: { class: DataUnitMemory } }
links: { out: { class: DirectLink, config: { source: huge.out, target: out } } }
`;

export const loadDocuments = {
  /** One step, once for each item. */
  map: () => `
input_data_units: { items: { class: DataUnitMemory } }
steps:
  each:
    class: One
    cache: off
    for_each: { over: items, as: in, concurrency: 100 }
    inputs: { items: { from: items } }
`,
  /** Many steps side by side. */
  steps: (count) => `steps:\n${Array.from({ length: count }, (_, i) => `  s${i}: { class: One }`).join("\n")}\n`,
  runs: () => `
steps:
  a: { class: One, cache: off }
  b: { class: One, cache: off, inputs: { in: { from: a.out } } }
`,
  events: (count) => queue({ count, capacity: 200, atOnce: 100 }),
  slow: (count) => queue({ count, slowMs: 1 }),
  poison: (count) => queue({ count, poison: 100 }),
  huge: (sizeBytes) => hugeDocument(sizeBytes, false),
  file: (sizeBytes) => hugeDocument(sizeBytes, true),
};
