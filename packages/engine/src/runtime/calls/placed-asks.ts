import type { RunTree } from "../../kernel/state.js";
import { addressText, waitingAsks } from "../steering/judge-answer.js";
import type { PlacedAsk } from "./follow-child.js";

/** What a run asks people now. A step that asks the same again does so in another attempt, which is another place. */
export function placedAsks(tree: RunTree): readonly PlacedAsk[] {
  return waitingAsks(tree).map((one) => {
    const address = addressText(one);
    return { place: `${address}@${one.attempt}`, address, ask: one.ask };
  });
}
