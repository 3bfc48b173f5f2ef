import type { Json } from "../../contracts/json.js";
import type { ExpressStep } from "../express-plan.js";
import { type PortRules, REFUSED } from "../ports.js";
import { Shared } from "./packed-values.js";
import type { StreamFlight } from "./stream-flight.js";
import type { StreamJournal } from "./stream-journal.js";
import { ABSENT, type StreamNet } from "./stream-net.js";
import type { StreamNode, StreamPort } from "./stream-plan.js";
import { checkedBy, fitsPort, fitsQueues, isResult, jsonOf, membersOf, severalOf, wasSent } from "./stream-values.js";

/*
 * What an attempt sends and how it ends: journaled, and moved on. Where something is not the plain case, false is the answer, nothing
 * has changed but an unfinished record, and nothing more is to be journaled here.
 */

export type Ground = {
  readonly journal: StreamJournal;
  readonly net: StreamNet;
  readonly rules: PortRules;
};

const noPorts: readonly StreamPort[] = [];

/** A value that leaves before the end of its attempt. */
export function sendEarly(ground: Ground, flight: StreamFlight, port: StreamPort, value: unknown, at: number): boolean {
  const { journal, net } = ground;
  const node = flight.node as StreamNode;
  if (!net.isOldest(node.node, flight.n)) return false;
  const formed = port.output?.port === undefined ? value : checkedBy(port.output.port, value);
  if (formed === REFUSED) return false;
  const token = journal.emitted(node, port.place, formed, at);
  if (token === undefined || !fits(ground, port, token)) return false;
  journal.close();
  net.send(port, token);
  if (flight.sent === undefined) flight.sent = [port];
  else if (!flight.sent.includes(port)) flight.sent.push(port);
  return true;
}

function fits({ rules }: Ground, port: StreamPort, token: unknown): boolean {
  if (port.output?.schema !== undefined && !fitsPort(port.output, jsonOf(token), rules)) return false;
  return port.queues.length === 0 || fitsQueues(port, jsonOf(token), rules);
}

/** The end of an attempt whose code gave `made`. */
export function endAttempt(ground: Ground, flight: StreamFlight, made: unknown, at: number): boolean {
  const node = flight.node as StreamNode;
  const given = made === undefined && flight.sent !== undefined ? {} : made;
  if (!isResult(given)) return false;
  if (flight.sent !== undefined) return endSeveral(ground, flight, given, at);
  switch (membersOf(given, node.only?.name)) {
    case 0:
      return node.mayGiveNothing ? endEmpty(ground, flight, at) : endSeveral(ground, flight, given, at);
    case 1:
      return endOne(ground, flight, given, at);
    default:
      return endSeveral(ground, flight, given, at);
  }
}

function agoOf({ net }: Ground, { node, n }: StreamFlight): number {
  return (net.begun[node?.node ?? 0] ?? 0) - n;
}

function endEmpty(ground: Ground, flight: StreamFlight, at: number): boolean {
  const node = flight.node as StreamNode;
  ground.journal.gaveNothing(node, at);
  ground.journal.end(node, agoOf(ground, flight), flight.tookMs);
  ground.net.endAbsent(node, flight.n);
  return true;
}

type Result = { readonly [port: string]: unknown };

function endOne(ground: Ground, flight: StreamFlight, made: Result, at: number): boolean {
  const node = flight.node as StreamNode;
  const port = node.only as StreamPort;
  const given = made[port.name];
  if (given === undefined) return endSeveral(ground, flight, made, at);
  const formed = port.output?.port === undefined ? given : checkedBy(port.output.port, given);
  if (formed === REFUSED) return false;
  const token = ground.journal.gaveOne(node, port, formed, at);
  if (token === undefined || !fits(ground, port, token)) return false;
  ground.journal.end(node, agoOf(ground, flight), flight.tookMs);
  ground.net.endOne(node.node, flight.n, port, token);
  return true;
}

/** A linked port without a value sends an absence, unless it was sent values before. */
function endSeveral(ground: Ground, flight: StreamFlight, made: Result, at: number): boolean {
  const { journal, net, rules } = ground;
  const node = flight.node as StreamNode;
  const sent = flight.sent ?? noPorts;
  const several = severalOf(node.step as ExpressStep, made, sent, rules);
  if (several === REFUSED) return false;
  const ports = node.linked.filter(({ name }) => !wasSent(sent, name));
  for (const port of ports) {
    const value = several.ports[port.name];
    if (value !== undefined && !fitsQueues(port, value, rules)) return false;
  }
  if (Object.keys(several.ports).length === 0) journal.gaveNothing(node, at);
  else journal.gaveSeveral(node, several, at);
  journal.end(node, agoOf(ground, flight), flight.tookMs);
  net.endMany(node.node, flight.n, { ports, tokens: ports.map(({ name }) => tokenOf(several.ports[name])) });
  return true;
}

function tokenOf(value: Json | undefined): unknown {
  if (value === undefined) return ABSENT;
  return typeof value === "object" && value !== null ? new Shared(value) : value;
}

/** A node that lacks something takes what came, and sends absences. */
export function skipNode({ journal, net }: Ground, node: StreamNode, at: number): void {
  const n = net.begin(node, []);
  journal.skipped(node, at);
  net.endAbsent(node, n);
}

/** A unit takes what came to it, or what the run was given for it, and hands it on. */
export function updateUnit({ journal, net }: Ground, node: StreamNode, given: Json | undefined, at: number): boolean {
  const tokens: unknown[] = [];
  const port = node.ports[0] as StreamPort;
  const n = net.begin(node, tokens);
  const { slot, otherwise } = node.inputs[0] as StreamNode["inputs"][number];
  const came = slot < 0 || tokens[slot] === ABSENT ? (given ?? otherwise) : tokens[slot];
  if (came === undefined) {
    if (node.isGiven) return false;
    journal.updatedEmpty(node, at);
    net.endAbsent(node, n);
    return true;
  }
  const token = journal.updated(node, port, came, at);
  if (token === undefined) return false;
  journal.close();
  if (node.isOutput) journal.holds(node.node, jsonOf(token));
  net.endOne(node.node, n, port, token);
  return true;
}
