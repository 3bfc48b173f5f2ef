// Values that no journal can hold, or that look as if one could. `json`: what is kept instead, exactly; `path`: where it is refused, and
// `says`: what the refusal names,
// one of these.
const cycle = () => {
  const value = { list: [1] };
  value.list.push(value);
  return value;
};
const nested = (levels) => {
  let value = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};
const refusing = () => {
  throw new TypeError("do not look");
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
class Point {
  x = 1;
}
class Half extends Array {}

/** Each is made anew where it is used: most would not survive the way there. */
export const hostileValues = {
  cycle: { make: cycle, path: "list[1]", says: "contains itself" },
  function: { make: () => ({ f: () => 1 }), path: "f", says: "function" },
  "toJSON that lies": { make: () => ({ toJSON: () => ({ x: 2 }), x: 1 }), path: "toJSON", says: "function" },
  BigInt: { make: () => [{ id: 1n }], path: "[0].id", says: "BigInt" },
  symbol: { make: () => [Symbol("x")], path: "[0]", says: "symbol" },
  NaN: { make: () => ({ a: { b: Number.NaN } }), path: "a.b", says: "NaN" },
  Infinity: { make: () => [1, Number.POSITIVE_INFINITY], path: "[1]", says: "Infinity" },
  "-Infinity": { make: () => [Number.NEGATIVE_INFINITY], path: "[0]", says: "-Infinity" },
  "invalid Date": { make: () => ({ at: new Date(Number.NaN) }), path: "at", says: "invalid" },
  Map: { make: () => ({ m: new Map([[1, 2]]) }), path: "m", says: "Object.fromEntries" },
  Set: { make: () => ({ s: new Set([1]) }), path: "s", says: "[...set]" },
  WeakMap: { make: () => ({ w: new WeakMap() }), path: "w", says: "WeakMap" },
  RegExp: { make: () => [/x/g], path: "[0]", says: "RegExp" },
  Error: { make: () => ({ e: new RangeError("x") }), path: "e", says: "RangeError" },
  promise: { make: () => ({ p: Promise.resolve(1) }), path: "p", says: "await" },
  Buffer: { make: () => ({ b: Buffer.from("x") }), path: "b", says: "context.keep" },
  "typed array": { make: () => new Float64Array(2), path: "", says: "context.keep" },
  "class instance": { make: () => ({ p: new Point() }), path: "p", says: "Point" },
  "boxed number": { make: () => [new Number(1)], path: "[0]", says: "Number" },
  "half a surrogate pair": { make: () => ({ t: "a\ud800" }), path: "t", says: "surrogate" },
  "half a pair in a key": { make: () => ({ k: { "\udc00": 1 } }), path: undefined, says: "surrogate" },
  "__proto__ key": {
    make: () => JSON.parse('{"a":{"__proto__":{"admin":true}}}'),
    path: "a.__proto__",
    says: "__proto__",
  },
  "getter that throws": {
    make: () => Object.defineProperty({}, "g", { get: refusing, enumerable: true }),
    path: "g",
    says: "do not look",
  },
  "Proxy that throws": { make: () => ({ p: new Proxy({}, { ownKeys: refusing }) }), path: "p", says: "do not look" },
  "revoked Proxy": { make: () => ({ p: revoked() }), path: "p", says: "throws" },
  "hole in a list": {
    make: () => ({ l: Object.assign(new Array(3), { 0: 1, 2: 2 }) }),
    path: "l[1]",
    says: "undefined",
  },
  "undefined in a list": { make: () => [undefined], path: "[0]", says: "undefined" },
  "huge sparse list": {
    make: () => ({ l: new Array(4_000_000_000) }),
    path: "l",
    says: ["bigger than 67108864 bytes", "undefined"],
  },
  "huge depth": { make: () => nested(100_000), path: undefined, says: "deeper than 256" },
  "huge text": { make: () => ({ t: "x".repeat(70_000_000) }), path: "t", says: "bigger than 67108864 bytes" },
  Date: { make: () => ({ at: new Date(0) }), json: { at: "1970-01-01T00:00:00.000Z" } },
  "minus zero": { make: () => [-0, { z: -0 }], json: [0, { z: 0 }] },
  "undefined member": { make: () => ({ a: 1, gone: undefined }), json: { a: 1 } },
  "symbol key": { make: () => ({ a: 1, [Symbol("hidden")]: 2 }), json: { a: 1 } },
  "hidden key": { make: () => Object.defineProperty({ a: 1 }, "h", { value: 2 }), json: { a: 1 } },
  "no prototype": { make: () => Object.assign(Object.create(null), { a: 1 }), json: { a: 1 } },
  "list of a class": { make: () => Half.from([1, 2]), json: [1, 2] },
  "keys of a prototype": {
    make: () => ({ constructor: 1, prototype: 2, hasOwnProperty: 3, toString: "x" }),
    json: { constructor: 1, prototype: 2, hasOwnProperty: 3, toString: "x" },
  },
  "keys that are numbers": { make: () => ({ 2: "b", 1: "a", "": 0 }), json: { 1: "a", 2: "b", "": 0 } },
  "control characters": {
    make: () => ["\u0000\u001b[2J\u2028\ufeff\u202e"],
    json: ["\u0000\u001b[2J\u2028\ufeff\u202e"],
  },
  "numbers at the edge": {
    make: () => [5e-324, 1.7976931348623157e308, 2 ** 53, 0.1 + 0.2],
    json: [5e-324, 1.7976931348623157e308, 2 ** 53, 0.1 + 0.2],
  },
  "Proxy that answers": { make: () => new Proxy({ a: 1 }, {}), json: { a: 1 } },
  "same object twice": {
    make: () => {
      const shared = { a: 1 };
      return [shared, shared];
    },
    json: [{ a: 1 }, { a: 1 }],
  },
  "depth of 255": { make: () => nested(255), json: nested(255) },
};
