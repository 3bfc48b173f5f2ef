import { drawRollbacks, drawScenario, type ScenarioDraw } from "./scenario.js";

export type KnownSeed = { readonly draw: ScenarioDraw; readonly seed: number; readonly what: string };

const of = (draw: ScenarioDraw, seed: number, what: string): KnownSeed => ({ draw, seed, what });

/** Every seed that ever found something, and what it was. None is taken away. */
export const knownSeeds: readonly KnownSeed[] = [
  of(drawScenario, 1986, "an attempt aborted by a drain counted as a failure"),
  of(drawScenario, 11611, "a run taken over missed its turn for a free lane"),
  of(drawScenario, 36007, "an ended driver gave up the place in line of the one that followed it"),
  of(drawScenario, 2348, "a child run that failed took the place of an attempt it held back with it"),
  of(drawScenario, 725, "an attempt held back when its run failed kept its lane for ever"),
  of(drawScenario, 4328, "what such an attempt gave back was not looked at by its own run"),
  of(drawScenario, 5423, "the outside counted a failure that no journal had heard of"),
  of(drawRollbacks, 15, "it found something while rollbacks were built; what, was not written down"),
  of(drawRollbacks, 50, "it found something while rollbacks were built; what, was not written down"),
  of(drawRollbacks, 295, "what a take-over began to undo was aborted by the same turn"),
  of(drawRollbacks, 307, "an undoing that a rollback above it aborted counted as done"),
  of(drawRollbacks, 1469, "a run with 200 rollbacks"),
];
