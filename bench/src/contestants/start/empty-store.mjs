// The same in a store of its own, for comparison.
import { setup as setupInEmptyStore } from "../w6/ours.mjs";

export { version } from "../../lib/ours.mjs";
export const note = "a store with nothing in it";
export const setup = (dir) => setupInEmptyStore(dir);
