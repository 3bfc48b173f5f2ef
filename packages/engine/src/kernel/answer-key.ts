/**
 * Where a part (`decision`, `by`, `at`) of the answer to a question of a step's code is kept among its effects. No name of an effect
 * begins so.
 */
export function answerKey(ask: string, part: string): string {
  return `\u0000ask ${ask} ${part}`;
}
