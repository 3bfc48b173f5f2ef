import type { Usage } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import type { Finding, PortValues, RunEvent } from "../../kernel/event.js";
import { HEADER, type JournalHead } from "../express-journal.js";
import { ByteReader, type ByteTrail } from "./byte-trail.js";
import { type ValuePacker, ValueUnpacker } from "./packed-values.js";
import { ABSENT, StreamNet } from "./stream-net.js";
import {
  EMITTED,
  ENDED,
  ENDED_EMPTY,
  SKIPPED,
  STARTED,
  type StreamNode,
  type StreamPlan,
  type StreamPort,
  TICK,
  UNIT_SKIPPED,
  UPDATED_EMPTY,
} from "./stream-plan.js";

/** An event whose values are not kept yet. */
export type Draft = {
  readonly values: { readonly [port: string]: Json };
  /** `handles`: of the values, by the same names. */
  finish(handles: PortValues, sizeOf: (value: Json) => number): RunEvent;
};

type Written = {
  readonly head: JournalHead;
  readonly trail: ByteTrail;
  readonly values: ValuePacker;
  readonly completedAt: number;
};

/** An activation that has begun. */
type Open = {
  readonly id: number;
  readonly inputs: { readonly [port: string]: Json };
  /** Values sent so far, by port. */
  readonly emits: Map<string, Json[]>;
};

/** Goes through a journal from its beginning and makes its events. It moves tokens as the run did: that tells what an attempt was given. */
export class StreamReader {
  /** Number of the event that was made last. */
  seq = 0;
  readonly #plan: StreamPlan;
  readonly #written: Written;
  readonly #bytes: ByteReader;
  readonly #values: ValueUnpacker;
  readonly #net: StreamNet;
  readonly #open = new Map<string, Open>();
  #at: number;
  #isOver = false;

  constructor(plan: StreamPlan, written: Written) {
    this.#plan = plan;
    this.#written = written;
    this.#at = written.head.at;
    this.#bytes = new ByteReader(written.trail);
    this.#values = new ValueUnpacker(this.#bytes, written.values);
    this.#net = new StreamNet(
      plan,
      (token) => token,
      () => undefined,
    );
  }

  /** Undefined: there is no further event yet. */
  next(): Draft | undefined {
    const draft = this.seq < HEADER ? this.#headed() : this.#recorded();
    if (draft !== undefined) this.seq++;
    return draft;
  }

  #headed(): Draft {
    const { created, inputs, at } = this.#written.head;
    const seq = this.seq + 1;
    if (seq === 1) return { values: {}, finish: () => ({ seq, at, ...created }) };
    return { values: {}, finish: () => ({ seq, at, type: "run.started", run: 0, workflow: 0, inputs }) };
  }

  #recorded(): Draft | undefined {
    const seq = this.seq + 1;
    if (!this.#bytes.isAtEnd) return this.#record(seq);
    const at = this.#written.completedAt;
    if (at < 0 || this.#isOver) return undefined;
    this.#isOver = true;
    return { values: {}, finish: () => ({ seq, at, type: "run.completed", run: 0 }) };
  }

  #record(seq: number): Draft {
    let op = this.#bytes.count();
    if (op === TICK) {
      this.#at += this.#bytes.count();
      op = this.#bytes.count();
    }
    const node = this.#plan.nodes[this.#plan.opNode[op] ?? 0] as StreamNode;
    const kind = op - node.op;
    if (kind === (node.step === undefined ? UNIT_SKIPPED : SKIPPED)) return this.#skipped(seq, node);
    if (node.step === undefined)
      return kind === UPDATED_EMPTY ? this.#updatedEmpty(seq, node) : this.#updated(seq, node);
    if (kind === STARTED) return this.#started(seq, node);
    if (kind >= EMITTED) return this.#emitted(seq, node, node.ports[kind - EMITTED] as StreamPort);
    return this.#ended(seq, node, kind);
  }

  #started(seq: number, node: StreamNode): Draft {
    const tokens: unknown[] = [];
    const n = this.#net.begin(node, tokens);
    const inputs: { [port: string]: Json } = {};
    for (const { name, slot, otherwise } of node.inputs) {
      const value = slot < 0 || tokens[slot] === ABSENT ? otherwise : (tokens[slot] as Json);
      if (value !== undefined) inputs[name] = value;
    }
    this.#open.set(`${node.node} ${n}`, { id: seq, inputs, emits: new Map() });
    const began = { seq, at: this.#at, type: "attempt.started", run: 0, node: node.node, n, c: 0 } as const;
    return { values: {}, finish: () => ({ ...began, attempt: 1, fallback: false }) };
  }

  #emitted(seq: number, node: StreamNode, port: StreamPort): Draft {
    const n = (this.#net.released[node.node] ?? 0) + 1;
    const { id, emits } = this.#openAt(node, n);
    const json = this.#values.read(port.number);
    const sent = emits.get(port.name) ?? [];
    const index = sent.push(json) - 1;
    emits.set(port.name, sent);
    this.#net.send(port, json);
    const said = { seq, at: this.#at, type: "attempt.emitted", run: 0, node: node.node, n, c: 0 } as const;
    const { name, findings: links } = port;
    return {
      values: { value: json },
      finish: ({ value }) => ({ ...said, id, port: name, index, value: value ?? { json: null }, links }),
    };
  }

  #openAt({ node }: StreamNode, n: number): Open {
    return this.#open.get(`${node} ${n}`) ?? { id: 0, inputs: {}, emits: new Map() };
  }

  #ended(seq: number, node: StreamNode, kind: number): Draft {
    const out = this.#outOf(node, kind);
    const ago = node.width > 1 ? this.#bytes.count() : 0;
    const durationMs = this.#bytes.count() / 1000;
    const n = (this.#net.begun[node.node] ?? 0) - ago;
    const { id, inputs, emits } = this.#openAt(node, n);
    this.#open.delete(`${node.node} ${n}`);
    const ports = node.linked.filter(({ name }) => !emits.has(name));
    this.#net.endMany(node.node, n, { ports, tokens: ports.map(({ name }) => out[name] ?? ABSENT) });
    const said = { seq, at: this.#at, type: "attempt.succeeded", run: 0, node: node.node, n, c: 0 } as const;
    const links = findingsOf(this.#plan, node, out);
    return {
      values: out,
      finish: (handles, sizeOf) => ({
        ...{ ...said, id, out: handles, links },
        usage: usageOf(durationMs, inputs, [out, ...[...emits.values()].flat()], sizeOf),
      }),
    };
  }

  #outOf({ only }: StreamNode, kind: number): { readonly [port: string]: Json } {
    if (kind === ENDED_EMPTY) return {};
    if (kind === ENDED && only !== undefined) return { [only.name]: this.#values.read(only.number) };
    return this.#values.read(0) as { readonly [port: string]: Json };
  }

  #skipped(seq: number, node: StreamNode): Draft {
    const { port = "", reason = "" } = this.#net.lack(node) ?? {};
    const n = this.#net.begin(node, []);
    this.#net.endAbsent(node, n);
    const said = { seq, at: this.#at, type: "activation.skipped", run: 0, node: node.node, n } as const;
    return { values: {}, finish: () => ({ ...said, port, reason }) };
  }

  #updatedEmpty(seq: number, node: StreamNode): Draft {
    const n = this.#net.begin(node, []);
    this.#net.endAbsent(node, n);
    const said = { seq, at: this.#at, type: "unit.updated", run: 0, node: node.node, n } as const;
    const links = (this.#plan.workflow.nodes[node.node]?.outLinks ?? []).map(() => 0 as const);
    return { values: {}, finish: () => ({ ...said, links }) };
  }

  #updated(seq: number, node: StreamNode): Draft {
    const port = node.ports[0] as StreamPort;
    const n = this.#net.begin(node, []);
    const json = this.#values.read(port.number);
    this.#net.endOne(node.node, n, port, json);
    const said = { seq, at: this.#at, type: "unit.updated", run: 0, node: node.node, n } as const;
    return {
      values: { value: json },
      finish: ({ value }) => ({ ...said, links: port.findings, ...(value === undefined ? {} : { value }) }),
    };
  }
}

/** By outgoing link: whether its port has a value. */
function findingsOf({ workflow }: StreamPlan, node: StreamNode, out: { readonly [port: string]: Json }): Finding[] {
  const links = workflow.nodes[node.node]?.outLinks ?? [];
  return links.map((link, at): Finding => {
    const name = workflow.links[link]?.from.port ?? "";
    return out[name] === undefined ? 0 : (node.portsByName.get(name)?.findings[at] ?? 0);
  });
}

function usageOf(
  durationMs: number,
  inputs: { readonly [port: string]: Json },
  given: readonly Json[],
  sizeOf: (value: Json) => number,
): Usage {
  const outputBytes = given.reduce<number>((sum, value) => sum + sizeOf(value), 0);
  return { durationMs, cpuMs: null, peakMemoryBytes: null, inputBytes: sizeOf(inputs), outputBytes };
}
