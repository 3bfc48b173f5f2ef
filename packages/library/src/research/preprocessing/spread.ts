/** Sorted copy's value at a share of its length, between neighbours in a straight line. 0 of an empty list. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

export function sortedNumbers(values: readonly number[]): readonly number[] {
  return [...Float64Array.from(values).sort()];
}

/** Median of the distances from the median. */
export function medianDistance(sorted: readonly number[]): number {
  const median = quantile(sorted, 0.5);
  return quantile(sortedNumbers(sorted.map((value) => Math.abs(value - median))), 0.5);
}

export function meanAndDeviation(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  let mean = 0;
  let squares = 0;
  // Welford's way: no large sums are subtracted from each other.
  for (const [at, value] of values.entries()) {
    const distance = value - mean;
    mean += distance / (at + 1);
    squares += distance * (value - mean);
  }
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}
