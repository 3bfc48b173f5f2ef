// The CPU-bound step of W5, as a user's module: classes of modules run on threads.
import { spin } from "../lib/kernel.mjs";
import { defineStep } from "../lib/ours.mjs";

export const Spin = defineStep({
  class: "bench.Spin",
  version: "1",
  run: ({ inputs }) => ({ value: spin(inputs.iters) }),
});
