import type { Instruction } from "./pattern-program.js";

/** Start and end of the match and of each group, in UTF-16 units; -1: the group took no part. */
export type Marks = readonly number[];

/** `spent` counts instructions over all searches that share it. */
export type Work = { spent: number; readonly most: number };

/**
 * Runs all ways through a program side by side, one pass over the text (Pike's machine): time is text times program,
 * whatever the pattern. A look ahead is a search of its own at each place where it stands.
 * Returns null for no match, "exhausted" when the work is used up.
 */
export function search(task: SearchTask): Marks | null | "exhausted" {
  return new Machine(task).run(task.from, false);
}

export type SearchTask = {
  readonly program: readonly Instruction[];
  readonly text: string;
  readonly from: number;
  /** Twice the number of groups, the whole included; 0: no places are asked for. */
  readonly slots: number;
  /** True: a character is a code point; false: a UTF-16 unit. */
  readonly unicode: boolean;
  readonly work: Work;
};

type Thread = { readonly at: number; readonly marks: number[] };

class Machine {
  private readonly seen: Int32Array;
  private found: number[] | null = null;
  private readonly task: SearchTask;

  constructor(task: SearchTask) {
    this.task = task;
    this.seen = new Int32Array(task.program.length).fill(-1);
  }

  run(from: number, isAnchored: boolean): Marks | null | "exhausted" {
    const { text, unicode, work } = this.task;
    let threads: Thread[] = [];
    for (let place = from; work.spent <= work.most; ) {
      if (this.found === null && (!isAnchored || place === from)) this.follow(0, place, this.fresh(place), threads);
      if (threads.length === 0 && (this.found !== null || isAnchored)) break;
      const character = place >= text.length ? undefined : unicode ? text.codePointAt(place) : text.charCodeAt(place);
      const after = character !== undefined && character > 0xffff ? place + 2 : place + 1;
      threads = this.step(threads, character, place, after);
      if (character === undefined) break;
      place = after;
    }
    return work.spent > work.most ? "exhausted" : this.found;
  }

  private fresh(place: number): number[] {
    const marks = new Array<number>(this.task.slots).fill(-1);
    if (marks.length > 0) marks[0] = place;
    return marks;
  }

  /** Threads in order of preference; a finished one ends those behind it. */
  private step(threads: readonly Thread[], character: number | undefined, place: number, after: number): Thread[] {
    const next: Thread[] = [];
    for (const thread of threads) {
      const instruction = this.task.program[thread.at];
      if (instruction?.op === "done") {
        this.found = this.task.slots > 0 ? thread.marks.with(1, place) : thread.marks;
        break;
      }
      if (instruction?.op === "character" && character !== undefined && instruction.test(character)) {
        this.follow(thread.at + 1, after, thread.marks, next);
      }
    }
    this.task.work.spent += threads.length;
    return next;
  }

  /** Walks from `at` to all instructions that read a character or end, most preferred first. */
  private follow(at: number, place: number, marks: number[], threads: Thread[]): void {
    const open: Thread[] = [{ at, marks }];
    for (let thread = open.pop(); thread !== undefined; thread = open.pop()) {
      if (this.seen[thread.at] === place) continue;
      this.seen[thread.at] = place;
      this.task.work.spent++;
      const instruction = this.task.program[thread.at];
      if (instruction === undefined) continue;
      if (instruction.op === "character" || instruction.op === "done") threads.push(thread);
      else this.push(instruction, thread, place, open);
    }
  }

  private push(instruction: Instruction, { at, marks }: Thread, place: number, open: Thread[]): void {
    switch (instruction.op) {
      case "jump":
        open.push({ at: instruction.to, marks });
        return;
      case "fork":
        open.push({ at: instruction.second, marks }, { at: instruction.first, marks });
        return;
      case "mark":
        open.push({ at: at + 1, marks: instruction.slot < marks.length ? marks.with(instruction.slot, place) : marks });
        return;
      case "place":
        if (holdsAt(instruction.at, this.task.text, place)) open.push({ at: at + 1, marks });
        return;
      case "ahead": {
        const ahead = new Machine({ ...this.task, program: instruction.program, slots: 0 }).run(place, true);
        if ((ahead !== null) === instruction.wanted) open.push({ at: at + 1, marks });
        return;
      }
      default:
        return;
    }
  }
}

function holdsAt(kind: "start" | "end" | "boundary" | "inside", text: string, place: number): boolean {
  if (kind === "start") return place === 0;
  if (kind === "end") return place === text.length;
  return (isWord(text, place - 1) !== isWord(text, place)) === (kind === "boundary");
}

function isWord(text: string, place: number): boolean {
  return place >= 0 && place < text.length && /\w/.test(text[place] ?? "");
}
