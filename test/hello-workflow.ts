/** A small workflow that needs the durable store, a program and a lane: what differs between versions of Node. */
export const helloWorkflow = `
name: hello
input_data_units:
  who: { class: DataUnitString, config: { default: world, optional: true } }
output_data_units:
  greeting: { class: DataUnitString }
  letters: { class: DataUnitMemory }
steps:
  greet:
    class: CommandStep
    config: { command: [printf, "%s", "Hello {{ who }}"] }
    inputs: { who: { from: who } }
  measure:
    class: TransformStep
    executor: thread
    config: { expression: "$length(text)" }
    inputs: { text: { from: greet.stdout } }
links:
  greeting: { class: DirectLink, config: { source: greet.stdout, target: greeting } }
  letters: { class: DirectLink, config: { source: measure.output, target: letters } }
`;
