export function leaf(name: string): string {
  return name;
}

/** What the step is made of, such as `C(A,B)`. */
export function join({ name, a, b }: { name: string; a: string; b: string }): string {
  return `${name}(${a},${b})`;
}
