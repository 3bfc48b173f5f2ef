import type { AttemptFolders, AttemptRequest, ComponentCall } from "../../contracts/executor.js";
import type { Carrier } from "./lane-carrier.js";
import type { LaneJob } from "./lane-messages.js";

/** Components and folders that a lane remembers. */
const mostCommon = 512;

/** Posts what came in one turn of the event loop by one message, at once where the lane has nothing to do; components and folders are sent once and named by their numbers after that. */
export class LaneOutbox {
  readonly #carrier: Carrier;
  readonly #refused: (jobs: readonly number[], error: unknown) => void;
  #components = new Map<ComponentCall, number>();
  #folders = new Map<AttemptFolders, number>();
  #fresh = true;
  #newComponents: ComponentCall[] = [];
  #newFolders: AttemptFolders[] = [];
  #jobs: LaneJob[] = [];

  constructor(carrier: Carrier, refused: (jobs: readonly number[], error: unknown) => void) {
    this.#carrier = carrier;
    this.#refused = refused;
  }

  add(job: number, { component, folders, ...request }: AttemptRequest, isIdle: boolean): void {
    if (this.#jobs.length === 0) {
      if (isIdle) queueMicrotask(() => this.flush());
      else setImmediate(() => this.flush());
      if (this.#components.size + this.#folders.size >= mostCommon) this.#forget();
    }
    const numbers = {
      component: numbered(this.#components, component, this.#newComponents),
      folders: numbered(this.#folders, folders, this.#newFolders),
    };
    this.#jobs.push({ job, ...numbers, request });
  }

  #forget(): void {
    this.#components = new Map();
    this.#folders = new Map();
    this.#fresh = true;
  }

  flush(): void {
    if (this.#jobs.length === 0) return;
    const jobs = this.#jobs;
    const commons = { components: this.#newComponents, folders: this.#newFolders };
    const fresh = this.#fresh;
    this.#jobs = [];
    this.#newComponents = [];
    this.#newFolders = [];
    this.#fresh = false;
    try {
      this.#carrier.post({ type: "run", fresh, commons, jobs });
    } catch (error) {
      this.#forget();
      this.#refused(
        jobs.map(({ job }) => job),
        error,
      );
    }
  }
}

function numbered<T>(known: Map<T, number>, one: T, news: T[]): number {
  const number = known.get(one);
  if (number !== undefined) return number;
  known.set(one, known.size);
  news.push(one);
  return known.size - 1;
}
