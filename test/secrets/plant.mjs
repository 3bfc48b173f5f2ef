// Puts a bug into a built file as it is loaded: `NANOBRAIN_PLANT` has the end of its path, a text in it, and what stands there instead.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread) register(new URL("./plant-hooks.mjs", import.meta.url));
