import type { Json } from "../../contracts/json.js";
import type { ByteReader, ByteTrail } from "./byte-trail.js";

/*
 * How values stand in a trail of bytes. Below `STEPS` a value is a whole number that is so much (less `MIDDLE`) above the one before it
 * in its place; then come marks. Texts and deep values are kept beside the bytes, in order.
 */
const STEPS = 200;
const MIDDLE = 100;
const FAR_ABOVE = 200;
const FAR_BELOW = 201;
const DOUBLE = 202;
const TRUE = 203;
const FALSE = 204;
const NULL = 205;
const KEPT = 206;
/** An object of the form of the one before it in its place; of another form, whose number follows. */
const SAME_FORM = 207;
const FORM = 208;
/** In the place of a member: the object is something else, which follows. */
const GIVEN_UP = 209;

/** Keys of a flat object in order, and the place of the first in what is remembered of whole numbers. */
export type Form = { readonly id: number; readonly keys: readonly string[]; readonly place: number };

/** Forms of one run; objects of further ones are kept whole. */
const MOST_FORMS = 256;
const MOST_KEYS = 32;
/** A record with one value, at most. */
export const RECORD_BYTES = 9 * MOST_KEYS + 64;
/** Longer texts are left to who measures them. */
const MAX_TEXT = 10_000;
/** Every so often it is looked whether an object has keys that are no texts, which nobody else is to see. */
const LOOKED_EVERY = 63;

/** A value that its next reader has to copy, because it is kept as it is. */
export class Shared {
  readonly value: Json;

  constructor(value: Json) {
    this.value = value;
  }
}

/** Puts values into a trail, each in a place: whole numbers are told by how far they are from the last one of their place. */
/** What stands for a value on its way to another target. */
export function twinOf(token: unknown): unknown {
  return typeof token === "object" && token !== null && !(token instanceof Shared) ? { ...token } : token;
}

export type CopyValue = (value: unknown) => Json | undefined;

export class ValuePacker {
  readonly kept: Json[] = [];
  readonly forms: Form[] = [];
  readonly #trail: ByteTrail;
  readonly #byKeys = new Map<string, Form>();
  /** By place. */
  readonly #last: number[];
  readonly #lastForm: (Form | undefined)[];
  readonly #copy: CopyValue;
  #objects = 0;

  /** `places`: how many there are from the beginning; members of objects have others. */
  constructor(trail: ByteTrail, places: number, copy: CopyValue) {
    this.#trail = trail;
    this.#copy = copy;
    this.#last = new Array<number>(places).fill(0);
    this.#lastForm = new Array<Form | undefined>(places);
  }

  /**
   * Writes a value and gives what stands for it on its way: the atom itself, a copy of a flat object that is its receiver's, or what
   * its receiver has to copy. Undefined: it is no JSON, or too large.
   */
  write(place: number, value: unknown): unknown {
    if (typeof value === "object" && value !== null) {
      if (value instanceof Shared) {
        this.keep(value.value);
        return value;
      }
      const own = this.flat(place, value);
      if (own !== undefined) return own;
    } else if (this.atom(place, value)) return value;
    const json = this.#copy(value);
    if (json === undefined) return undefined;
    this.keep(json);
    return typeof json === "object" && json !== null ? new Shared(json) : json;
  }

  /** Writes an atom; false: it is none, and nothing is written. -0 is not one. */
  atom(place: number, value: unknown): boolean {
    switch (typeof value) {
      case "number":
        return this.#number(place, value);
      case "string":
        if (!isPlainText(value)) return false;
        this.keep(value);
        return true;
      case "boolean":
        this.#trail.byte(value ? TRUE : FALSE);
        return true;
      default:
        if (value !== null) return false;
        this.#trail.byte(NULL);
        return true;
    }
  }

  #number(place: number, value: number): boolean {
    const trail = this.#trail;
    if ((value | 0) !== value) {
      if (!Number.isFinite(value)) return false;
      trail.byte(DOUBLE);
      trail.double(value);
      return true;
    }
    if (value === 0 && 1 / value < 0) return false;
    const above = value - (this.#last[place] ?? 0);
    this.#last[place] = value;
    const step = above + MIDDLE;
    if (step >= 0 && step < STEPS) trail.byte(step);
    else {
      trail.byte(above < 0 ? FAR_BELOW : FAR_ABOVE);
      trail.count(above < 0 ? -above : above);
    }
    return true;
  }

  keep(value: Json): void {
    this.#trail.byte(KEPT);
    this.kept.push(value);
  }

  /**
   * A copy of an object whose members are all atoms, which is written with it; undefined: it is no such object, and something else
   * is to be written in its place. Reads each member once.
   */
  flat(place: number, value: object): object | undefined {
    if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
    const own = { ...value };
    if ((this.#objects++ & LOOKED_EVERY) === 0 && Object.getOwnPropertySymbols(own).length > 0) return undefined;
    const last = this.#lastForm[place];
    if (last !== undefined && Object.keys(own).length === last.keys.length && hasKeys(own, last.keys)) {
      this.#trail.byte(SAME_FORM);
      return this.#members(last, own) ? own : undefined;
    }
    const form = this.#formOf(own);
    if (form === undefined) return undefined;
    this.#trail.byte(FORM);
    this.#trail.count(form.id);
    this.#lastForm[place] = form;
    return this.#members(form, own) ? own : undefined;
  }

  #members({ place }: Form, own: { readonly [key: string]: unknown }): boolean {
    let at = place;
    for (const key in own) {
      const member = own[key];
      if (typeof member === "number" ? !this.#number(at, member) : !this.atom(at, member)) {
        this.#trail.byte(GIVEN_UP);
        return false;
      }
      at++;
    }
    return true;
  }

  #formOf(own: object): Form | undefined {
    const keys = Object.keys(own);
    if (keys.length > MOST_KEYS || keys.includes("__proto__")) return undefined;
    const text = JSON.stringify(keys);
    const known = this.#byKeys.get(text);
    if (known !== undefined || this.forms.length === MOST_FORMS) return known;
    const form: Form = { id: this.forms.length, keys, place: this.#last.length };
    this.forms.push(form);
    this.#byKeys.set(text, form);
    for (let at = 0; at < keys.length; at++) this.#last.push(0);
    return form;
  }
}

function hasKeys(own: object, keys: readonly string[]): boolean {
  let at = 0;
  for (const key in own) if (key !== keys[at++]) return false;
  return true;
}

function isPlainText(text: string): boolean {
  return text.length <= MAX_TEXT && !/\p{Surrogate}/u.test(text);
}

/** Reads what a packer wrote, from the beginning on. */
export class ValueUnpacker {
  readonly #from: ByteReader;
  readonly #packer: Pick<ValuePacker, "kept" | "forms">;
  #kept = 0;
  readonly #last: number[] = [];
  readonly #lastForm: (Form | undefined)[] = [];

  constructor(from: ByteReader, packer: Pick<ValuePacker, "kept" | "forms">) {
    this.#from = from;
    this.#packer = packer;
  }

  read(place: number): Json {
    for (;;) {
      const value = this.#value(place, this.#from.byte());
      if (value !== undefined) return value;
    }
  }

  /** Undefined: it was given up for what follows. */
  #value(place: number, mark: number): Json | undefined {
    if (mark < STEPS) return this.#above(place, mark - MIDDLE);
    switch (mark) {
      case FAR_ABOVE:
        return this.#above(place, this.#from.count());
      case FAR_BELOW:
        return this.#above(place, -this.#from.count());
      case DOUBLE:
        return this.#from.double();
      case TRUE:
        return true;
      case FALSE:
        return false;
      case NULL:
        return null;
      case KEPT:
        return this.#packer.kept[this.#kept++] ?? null;
      case FORM:
        this.#lastForm[place] = this.#packer.forms[this.#from.count()];
        return this.#members(this.#lastForm[place] as Form);
      default:
        return this.#members(this.#lastForm[place] as Form);
    }
  }

  #above(place: number, step: number): number {
    const value = (this.#last[place] ?? 0) + step;
    this.#last[place] = value;
    return value;
  }

  #members(form: Form): Json | undefined {
    const made: { [key: string]: Json } = {};
    for (const [at, key] of form.keys.entries()) {
      const mark = this.#from.byte();
      if (mark === GIVEN_UP) return undefined;
      made[key] = this.#value(form.place + at, mark) as Json;
    }
    return made;
  }
}
