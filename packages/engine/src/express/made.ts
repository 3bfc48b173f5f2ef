/** What code gave, in an object of its own, as code may give `undefined`. */
export type Made = { readonly made: unknown };

/** What code threw, for whoever looks at it later. */
export function thrown(error: unknown): Made {
  const made = Promise.reject<never>(error);
  made.catch(() => undefined);
  return { made };
}
