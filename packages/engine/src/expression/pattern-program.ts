import type { PatternTree } from "./pattern-tree.js";

/** A step of the machine. Numbers are places in the program; of two ways, `first` is preferred. */
export type Instruction =
  | { readonly op: "character"; test(codePoint: number): boolean }
  | { readonly op: "fork"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "mark"; readonly slot: number }
  | { readonly op: "place"; readonly at: "start" | "end" | "boundary" | "inside" }
  | { readonly op: "ahead"; readonly program: readonly Instruction[]; readonly wanted: boolean }
  | { readonly op: "done" };

export const MAX_INSTRUCTIONS = 4000;

/** Undefined: the pattern is larger than `MAX_INSTRUCTIONS` when its counts are written out. */
export function programOf(tree: PatternTree): readonly Instruction[] | undefined {
  const program: Instruction[] = [];
  emit(tree, program);
  program.push({ op: "done" });
  return program.length > MAX_INSTRUCTIONS ? undefined : program;
}

function emit(tree: PatternTree, out: Instruction[]): void {
  if (out.length > MAX_INSTRUCTIONS) return;
  switch (tree.kind) {
    case "character":
      out.push({ op: "character", test: tree.test });
      return;
    case "sequence":
      for (const part of tree.parts) emit(part, out);
      return;
    case "choice":
      emitChoice(tree.options, out);
      return;
    case "group":
      out.push({ op: "mark", slot: tree.index * 2 });
      emit(tree.body, out);
      out.push({ op: "mark", slot: tree.index * 2 + 1 });
      return;
    case "repeat":
      emitRepeat(tree, out);
      return;
    case "place":
      out.push({ op: "place", at: tree.at });
      return;
    case "ahead": {
      const program: Instruction[] = [];
      emit(tree.body, program);
      program.push({ op: "done" });
      out.push({ op: "ahead", program, wanted: tree.wanted });
    }
  }
}

function emitChoice(options: readonly PatternTree[], out: Instruction[]): void {
  const ends: { op: "jump"; to: number }[] = [];
  for (const [i, option] of options.entries()) {
    if (i === options.length - 1) {
      emit(option, out);
      break;
    }
    const fork = { op: "fork" as const, first: out.length + 1, second: 0 };
    out.push(fork);
    emit(option, out);
    const end = { op: "jump" as const, to: 0 };
    ends.push(end);
    out.push(end);
    fork.second = out.length;
  }
  for (const end of ends) end.to = out.length;
}

function emitRepeat({ body, min, max, greedy }: Extract<PatternTree, { kind: "repeat" }>, out: Instruction[]): void {
  for (let i = 0; i < min && out.length <= MAX_INSTRUCTIONS; i++) emit(body, out);
  const forks: { first: number; second: number }[] = [];
  const rounds = max === Infinity ? 1 : max - min;
  for (let i = 0; i < rounds && out.length <= MAX_INSTRUCTIONS; i++) {
    const start = out.length;
    const fork = { op: "fork" as const, first: start + 1, second: start + 1 };
    forks.push(fork);
    out.push(fork);
    emit(body, out);
    if (max === Infinity) out.push({ op: "jump", to: start });
  }
  for (const fork of forks) {
    if (greedy) fork.second = out.length;
    else fork.first = out.length;
  }
}
