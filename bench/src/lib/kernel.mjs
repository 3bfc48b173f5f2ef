// CPU kernel of W5: a fixed number of xorshift steps; returns a number so that nothing is optimised away.
export function spin(iters) {
  let x = 2463534242 | 0;
  for (let i = 0; i < iters; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}
export default function task({ iters }) {
  return spin(iters);
}
export function perMs() {
  spin(1e6);
  const t = performance.now();
  spin(2e7);
  return 2e7 / (performance.now() - t);
}
