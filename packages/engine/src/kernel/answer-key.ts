/**
 * Where a part (`decision`, `by`, `at`) of the answer to a question of a step's code is kept among its effects. No name of an effect
 * begins so.
 */
export function answerKey(ask: string, part: string): string {
  return `\u0000ask ${ask} ${part}`;
}

/** The questions that begin with `prefix` and have an answer, without it. */
export function answeredAsks(keys: Iterable<string>, prefix: string): readonly string[] {
  const [start, end] = [`\u0000ask ${prefix}`, " decision"];
  return [...keys].flatMap((key) =>
    key.startsWith(start) && key.endsWith(end) ? [key.slice(start.length, -end.length)] : [],
  );
}
