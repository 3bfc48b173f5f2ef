import { directOf } from "../../components/direct-step.js";
import type { GrowingRegistry } from "../../components/registry.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { ComponentCall } from "../../contracts/executor.js";
import type { OpenHttp } from "../../contracts/http.js";
import type { Json } from "../../contracts/json.js";
import type { RunRecord, Store } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Created, JournalHead } from "../../express/express-journal.js";
import { type ExpressPlan, expressPlan } from "../../express/express-plan.js";
import { ExpressRun } from "../../express/express-run.js";
import { keepSort } from "../../express/kept-sort.js";
import type { LaneRun } from "../../express/lane-run.js";
import type { ExpressDisk, ExpressOutside, Turn } from "../../express/outside.js";
import { type StreamPlan, streamPlan } from "../../express/stream/stream-plan.js";
import { StreamRun } from "../../express/stream/stream-run.js";
import { checkPlain, isPlainSchema } from "../../expression/plain-schema.js";
import type { Driver } from "../../host/driver.js";
import { poolsOf } from "../../host/needs.js";
import type { HostParts } from "../../host/parts.js";
import type { RunEvent } from "../../kernel/event.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import type { RunHandle } from "../runtime.js";
import type { SteeringVerbs } from "../steering/steering-verbs.js";
import { ExpressHandle } from "./express-handle.js";
import { copyOf, sizeOf } from "./express-result.js";
import { OpenRun } from "./open-run.js";
import { LinePlaces, PlaceLine } from "./place-line.js";
import type { Shelf, ShelfPlace, Shelved } from "./shelf.js";
import { StallBeat } from "./stall-beat.js";

export type ExpressDeskParts = {
  readonly parts: HostParts;
  readonly shelf: (isContended: (plan: Plan) => boolean) => Shelf;
  isContended(plan: Plan): boolean;
  readonly registry: GrowingRegistry;
  readonly graceMs: number;
  readonly http: OpenHttp;
  drive(driver: Driver): Promise<RunHandle>;
  verbs(record: RunRecord): SteeringVerbs;
};

/** A plan that runs without a driver: nodes take place once, or many times. */
export type LanePlan = ExpressPlan | StreamPlan;

function laneRun(plan: LanePlan, ...[head, given, outside]: LaneParts): LaneRun {
  return "kind" in plan ? new StreamRun(plan, head, given, outside) : new ExpressRun(plan, head, given, outside);
}

type LaneParts = [JournalHead, { readonly [unit: string]: Json }, ExpressOutside];

/** The runs of this process that go the express way: begins them, knows them while they last, and hands them over. */
export class ExpressDesk {
  readonly #it: ExpressDeskParts;
  readonly #shelf: Shelf;
  readonly #plans = new WeakMap<Plan, LanePlan | "general">();
  readonly #definitions = new Map<string, StepDefinition>();
  readonly #open = new Map<string, OpenRun>();
  readonly #turn: Turn = { endsAtMs: 0 };
  readonly #stall: StallBeat;
  readonly #line: PlaceLine;

  constructor(it: ExpressDeskParts) {
    this.#it = it;
    this.#shelf = it.shelf(it.isContended);
    const stalled = (forMs: number): void => {
      for (const open of [...this.#open.values()]) open.heldUp(forMs, undefined);
    };
    const { clock, admission, offer } = it.parts;
    const placed = (runId: string): boolean => this.#open.get(runId)?.placed() ?? false;
    this.#line = new PlaceLine({ admission, clock, placed, offer });
    this.#stall = new StallBeat({ clock, isBusy: () => this.underWay > 0, stalled });
  }

  /** Attempts and values under way. */
  get underWay(): number {
    let sum = 0;
    for (const open of this.#open.values()) sum += open.underWay;
    return sum;
  }

  /** The plan as it is run here; undefined: with these inputs it takes the engine from its beginning. */
  async planOf(
    plan: Plan,
    settings: RunSettings,
    inputs: { readonly [unit: string]: Json },
  ): Promise<LanePlan | undefined> {
    let known = this.#plans.get(plan);
    if (known === undefined) {
      await this.#loadClasses(plan);
      const find = (component: ComponentCall) => {
        const definition = this.#definitions.get(component.class);
        return definition === undefined ? undefined : directOf(definition);
      };
      keepSort();
      known = expressPlan(plan, find, isPlainSchema) ?? streamPlan(plan, find, isPlainSchema) ?? "general";
      this.#plans.set(plan, known);
    }
    if (known === "general" || (known.caches && settings.cache)) return undefined;
    if ("kind" in known && this.#shelf.placeOfStream === undefined) return undefined;
    return this.#shelf.takesPlan(plan) && this.#shelf.takesInputs(inputs) ? known : undefined;
  }

  async #loadClasses(plan: Plan): Promise<void> {
    const { registry } = this.#it;
    const classes = new Set(plan.workflows[0]?.nodes.flatMap(({ step }) => step?.component?.class ?? []));
    for (const name of classes) {
      if (!registry.isOwn(name)) continue;
      const definition = await registry.find(name)?.load();
      if (definition?.kind === "step") this.#definitions.set(name, definition);
    }
  }

  /** Begins a run; its first steps are called once the caller has had a look. Fails with E_RUN_EXISTS. */
  async begin(
    plan: LanePlan,
    settings: RunSettings,
    created: Created,
    inputs: { readonly [unit: string]: Json },
  ): Promise<RunHandle> {
    const { parts, verbs } = this.#it;
    const { store } = parts;
    const at = parts.clock.now();
    const given = copyOf(inputs) as { readonly [unit: string]: Json };
    const handles = Object.keys(given).length === 0 ? {} : await parts.values.saveAll(given);
    const record = (): RunRecord => recordOf(run, plan.plan);
    const place = this.#placeOf(plan, { run: () => run as ExpressRun, record, lost: (error) => open.lost(error) });
    const forget = (): boolean => this.#open.delete(created.id);
    const open = new OpenRun({ desk: this.#it, place, plan, settings, forget });
    const outside = this.#outside(plan, settings, open, created.id, place.disk);
    const run: LaneRun = laneRun(plan, { created, inputs: handles, at }, given, outside);
    const handle = new ExpressHandle(
      open,
      run,
      () => verbs(record()),
      (after) => storedEvents(store, created.id, after),
    );
    open.begun(run, handle);
    const save = (value: Json) => parts.values.save(typeof value === "object" ? (copyOf(value) ?? null) : value);
    const { journal } = run;
    const events = (after: number, limit: number) => journal.events(after, limit, save, sizeOf);
    await place.add(run, { record, events, text: () => journal.text() }, plan.plan);
    this.#open.set(created.id, open);
    // Whoever is given the handle may listen from the first event on.
    setImmediate(() => {
      if (!run.isStopped) run.begin();
    });
    return handle;
  }

  #placeOf(plan: LanePlan, shelved: Shelved): ShelfPlace {
    if (!("kind" in plan)) return this.#shelf.place(plan, shelved);
    const place = this.#shelf.placeOfStream?.();
    if (place === undefined) throw nanobrainError("E_INTERNAL", { what: "a stream has no place here" });
    return place;
  }

  #outside(
    plan: LanePlan,
    settings: RunSettings,
    open: OpenRun,
    runId: string,
    disk: ExpressDisk | undefined,
  ): ExpressOutside {
    const { parts } = this.#it;
    parts.admission.resize(poolsOf(plan.plan));
    return {
      clock: parts.clock,
      turn: this.#turn,
      places: new LinePlaces(this.#line, runId),
      folders: settings.folders,
      defer: setImmediate,
      copy: copyOf,
      fits: (schema, value) => checkPlain(schema, value).length === 0,
      stall: this.#stall,
      heldUp: (attempt, tookMs) => open.heldUp(tookMs, attempt),
      handOver: () => open.handOver(),
      completed: () => open.completed(),
      ...(disk === undefined ? {} : { disk }),
    };
  }

  /** A place is free for this run, if it is one of those here. */
  offer(runId: string): void {
    if (this.#open.has(runId)) this.#line.freed();
  }

  /** A run that is to be steered, looked at or let go is driven by the engine when this resolves. */
  async settle(runId: string): Promise<void> {
    await this.#open.get(runId)?.settled();
  }

  async settleAll(): Promise<void> {
    await Promise.all([...this.#open.values()].map((open) => open.settled()));
  }
}

function recordOf({ journal }: LaneRun, plan: Plan): RunRecord {
  const { created, at } = journal.head;
  const isOver = journal.completedAt >= 0;
  return {
    id: created.id,
    name: created.name,
    workflow: plan.name,
    planHash: plan.hash,
    status: isOver ? "completed" : "running",
    createdAt: at,
    endedAt: isOver ? journal.completedAt : null,
    lastSeq: journal.last,
  };
}

const PAGE = 1000;

async function* storedEvents(store: Store, runId: string, after: number): AsyncIterable<RunEvent> {
  let last = after;
  for (;;) {
    const page = await store.events(runId, last, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)?.seq ?? last;
  }
}
