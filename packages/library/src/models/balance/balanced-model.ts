import type { NanobrainError } from "@nanobrain/engine";
import { failureIn } from "../failure-in.js";
import type { Model, ModelAnswer, ModelRequest, ModelSurroundings } from "../model.js";
import type { Balance } from "../model-config.js";
import { chooseMember } from "./choose-member.js";
import { beginCall, changed, type EndpointState, endBadly, ended, endWell } from "./endpoint-state.js";
import { isPassing, isResting, isTold, rest, restFault } from "./rests.js";

export type Member = {
  readonly model: Model;
  readonly state: EndpointState;
  readonly weight: number;
  readonly mostAtOnce: number;
};

/**
 * Several endpoints as one model: a call goes to the one whose turn it is, and after a failure that passes to the next one, once to each.
 * What rests is left out; nobody is called before a wait is over that it asked for.
 */
export function balancedModel(members: readonly Member[], balance: Balance): Model {
  const name = members[0]?.model.name ?? "";
  return {
    name,
    async answer(request, around) {
      const untried = new Set(members);
      let failure: NanobrainError | undefined;
      for (;;) {
        const member = await nextMember([...untried], balance, around, failure);
        const outcome = await called(member, members.length, request, around);
        if (!(outcome instanceof Error)) return outcome;
        failure = outcome;
        untried.delete(member);
        if (untried.size === 0) throw failure;
        around.log("warn", `${outcome.message}; another endpoint is asked`);
      }
    },
  };
}

const nowOf = (around: ModelSurroundings): number => around.now?.() ?? Date.now();

/** Waits for room at an endpoint that may be called. Throws `failure`, or the wait that was asked for, if there is none. */
async function nextMember(
  members: readonly Member[],
  balance: Balance,
  around: ModelSurroundings,
  failure: NanobrainError | undefined,
): Promise<Member> {
  for (;;) {
    const nowMs = nowOf(around);
    const awake = awakeOf(members, nowMs);
    const [soonest] = [...members].sort((a, b) => a.state.restUntilMs - b.state.restUntilMs);
    if (awake.length === 0) throw failure ?? restFault(soonest?.model.name ?? "", (soonest as Member).state, nowMs);
    const [first, ...others] = awake.filter(hasRoom);
    if (first !== undefined) return taken(chooseMember([first, ...others], balance));
    await changed(
      awake.map(({ state }) => state),
      around.signal,
    );
  }
}

/** Those that do not rest; if all do, the one that only we let rest and that has done so for longest. */
function awakeOf(members: readonly Member[], nowMs: number): readonly Member[] {
  const awake = members.filter(({ state }) => !isResting(state, nowMs));
  if (awake.length > 0) return awake;
  const free = members.filter(({ state }) => state.restReason === undefined || !isTold(state.restReason));
  return [...free].sort((a, b) => a.state.restUntilMs - b.state.restUntilMs).slice(0, 1);
}

function hasRoom({ state, mostAtOnce }: Member): boolean {
  return state.inFlight < (state.isProbing ? 1 : mostAtOnce);
}

function taken(member: Member): Member {
  beginCall(member.state);
  return member;
}

/** The answer, or the failure after which another endpoint may be asked. Throws all others. */
async function called(
  { model, state }: Member,
  count: number,
  request: ModelRequest,
  around: ModelSurroundings,
): Promise<ModelAnswer | NanobrainError> {
  const beganMs = nowOf(around);
  let hasSpoken = false;
  const onText = (text: string): void => {
    hasSpoken = true;
    around.onText?.(text);
  };
  try {
    const answer = await model.answer(request, { ...around, onText });
    endWell(state, Math.max(nowOf(around) - beganMs, 1));
    return answer;
  } catch (error) {
    const fault = failureIn(error);
    if (fault === undefined || !isPassing(fault)) {
      ended(state);
      throw error;
    }
    const failure = rested(state, fault, count, nowOf(around));
    endBadly(state);
    if (count > 1 && hasSpoken) around.onRestart?.();
    return failure;
  }
}

/** An endpoint that stands alone rests only if it asked for it: the engine spaces the other tries. */
function rested(state: EndpointState, failure: NanobrainError, count: number, nowMs: number): NanobrainError {
  return count > 1 || isTold(failure) ? rest(state, failure, nowMs) : failure;
}
