import type { Driver } from "../../host/driver.js";
import type { Unstamped } from "../../kernel/event.js";
import { inputOf, type OutsideAct } from "../symbolic-outside.js";
import type { SimulatedFolder } from "./simulated-folder.js";

/** Somebody outside who does one thing after the other to a run, again if nobody answers. Finishes when all files were seen. */
export class Actor {
  readonly run: string;
  readonly #left: OutsideAct[];
  readonly #folder: SimulatedFolder;
  readonly #dropped = new Set<string>();
  /** Who was asked and has not answered. */
  #asked: Driver | undefined;

  constructor(run: string, acts: readonly OutsideAct[], folder: SimulatedFolder) {
    this.run = run;
    this.#left = [...acts];
    this.#folder = folder;
  }

  get isActing(): boolean {
    return this.#left.length > 0;
  }

  /** False: there is nothing to do now. `steer` resolves with whether there was an answer. */
  act(driver: Driver, steer: (input: Unstamped) => Promise<boolean>): boolean {
    const [next] = this.#left;
    if (next === undefined || this.#asked === driver) return false;
    if ("fire" in next && next.key !== undefined) {
      this.#left.shift();
      this.#dropped.add(`${this.run} ${next.key}`);
      this.#folder.drop(`${this.run} ${next.key}`, driver.tree.seq);
      return true;
    }
    if ("finish" in next && !this.#isSeen(driver)) return false;
    this.#asked = driver;
    void steer(inputOf(driver.tree, next)).then((answered) => {
      if (answered) this.#left.shift();
      this.#asked = undefined;
    });
    return true;
  }

  #isSeen({ tree }: Driver): boolean {
    if (tree.ended || tree.cancelled) return true;
    const seen = new Set(tree.runs[0]?.triggers.flatMap((trigger) => [...trigger.keys]));
    return [...this.#dropped].every((key) => seen.has(key));
  }
}
