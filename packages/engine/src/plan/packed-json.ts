/*
 * JSON as tables: equal parts stand once, and members of the same name in a column of their own. A plan of 10,000 steps takes a
 * fifth of the text, and of the time to read it. What is read is deeply the same; equal parts of it are one object.
 */

type Scalar = string | number | boolean | null;

/** A part that is no scalar: `id` counts all of them, `line` those of its table. */
type Part = { readonly id: number; readonly table: number; readonly line: number };
type Cell = Scalar | Part;

/** Objects with the same keys. `keys` null: lists, one after the other in one column, and in `lengths` how long each is. */
type Table = { readonly keys: readonly string[] | null; readonly columns: Cell[][]; readonly lengths: number[] };

/** `kind` 0: scalars; 1: numbers of parts; 2: both, numbers of parts in lists of one; 3: the same scalar in every line. */
type Column = { readonly kind: 0 | 1 | 2 | 3; readonly cells: readonly (Scalar | readonly [number])[] };
type PackedTable = {
  readonly keys: readonly string[] | null;
  readonly columns: readonly Column[];
  readonly lengths: readonly number[];
};
type Packed = { readonly packed: 1; readonly tables: readonly PackedTable[]; readonly root: number };

/** Shorter texts gain nothing. */
const shortest = 200_000;

const made = new WeakMap<object, string>();

/** The text of a value that nobody changes, in tables where that is worth it. */
export function packedText(value: object): string {
  const known = made.get(value);
  if (known !== undefined) return known;
  const plain = JSON.stringify(value);
  if (plain.length < shortest || plain.includes('"__proto__":')) return plain;
  const text = JSON.stringify(new Packing().pack(value));
  made.set(value, text);
  return text;
}

/** What such a text, or any JSON text, says. */
export const unpackedText = (text: string): unknown => unpacked(JSON.parse(text));

/** The same of what was parsed already. */
export function unpacked(value: unknown): unknown {
  const isPacked = typeof value === "object" && value !== null && (value as Partial<Packed>).packed === 1;
  return isPacked ? unpack(value as Packed) : value;
}

class Packing {
  readonly #tables: Table[] = [];
  readonly #byKeys = new Map<string, number>();
  readonly #known = new Map<string, Part>();

  pack(value: object): Packed {
    const root = this.#partOf(value);
    const numbers = firstNumbers(this.#tables.map(linesOf));
    const numberOf = ({ table, line }: Part): number => (numbers[table] ?? 0) + line;
    const tables = this.#tables.map(({ keys, columns, lengths }) => ({
      keys,
      columns: columns.map((cells) => columnOf(cells, numberOf)),
      lengths,
    }));
    return { packed: 1, tables, root: numberOf(root) };
  }

  #partOf(part: object): Part {
    const isList = Array.isArray(part);
    // As JSON has it: members that are undefined are left out.
    const keys = isList ? null : Object.keys(part).filter((key) => (part as Filled)[key] !== undefined);
    const values: readonly unknown[] = isList ? part : (keys ?? []).map((key) => (part as Filled)[key]);
    const cells = values.map((value) => this.#cellOf(value));
    const table = this.#tableOf(keys);
    const name = `${table} ${cells.map((cell) => (isPart(cell) ? `#${cell.id}` : JSON.stringify(cell))).join()}`;
    const same = this.#known.get(name);
    if (same !== undefined) return same;
    const added = { id: this.#known.size, table, line: addLine(this.#tables[table] as Table, cells) };
    this.#known.set(name, added);
    return added;
  }

  #cellOf(value: unknown): Cell {
    return typeof value === "object" && value !== null ? this.#partOf(value) : ((value ?? null) as Scalar);
  }

  #tableOf(keys: readonly string[] | null): number {
    const name = JSON.stringify(keys);
    const known = this.#byKeys.get(name);
    if (known !== undefined) return known;
    this.#byKeys.set(name, this.#tables.length);
    return this.#tables.push({ keys, columns: (keys ?? [""]).map(() => []), lengths: [] }) - 1;
  }
}

const isPart = (cell: Cell): cell is Part => typeof cell === "object" && cell !== null;

/** Answers its number. */
function addLine(table: Table, cells: readonly Cell[]): number {
  if (table.keys === null) for (const cell of cells) table.columns[0]?.push(cell);
  else for (let at = 0; at < cells.length; at++) table.columns[at]?.push(cells[at] as Cell);
  return table.lengths.push(cells.length) - 1;
}

const linesOf = ({ lengths }: { readonly lengths: readonly number[] }): number => lengths.length;

/** Parts are numbered through all tables. */
function firstNumbers(lines: readonly number[]): readonly number[] {
  let first = 0;
  return lines.map((count) => {
    first += count;
    return first - count;
  });
}

function columnOf(cells: readonly Cell[], numberOf: (part: Part) => number): Column {
  const parts = cells.filter(isPart).length;
  if (parts === 0 && cells.length > 1 && cells.every((cell) => cell === cells[0]))
    return { kind: 3, cells: cells.slice(0, 1) as readonly Scalar[] };
  if (parts === 0) return { kind: 0, cells: cells as readonly Scalar[] };
  if (parts === cells.length) return { kind: 1, cells: (cells as readonly Part[]).map(numberOf) };
  return { kind: 2, cells: cells.map((cell) => (isPart(cell) ? [numberOf(cell)] : cell)) };
}

type Filled = { [key: string]: unknown };

/** All parts are made before any is filled, as a part may stand in any other. */
function unpack({ tables, root }: Packed): unknown {
  const parts: unknown[] = [];
  for (const { keys, columns, lengths } of tables) {
    if (keys === null) addLists(parts, lengths, columns[0] ?? none);
    else addObjects(parts, lengths.length, keys, columns);
  }
  const numbers = firstNumbers(tables.map(linesOf));
  for (const [at, { keys, columns, lengths }] of tables.entries()) {
    const first = numbers[at] ?? 0;
    if (keys === null) fillLists(parts, first, lengths, columns[0] ?? none);
    else for (const [index, key] of keys.entries()) fillColumn(parts, first, key, columns[index] ?? none);
  }
  return parts[root];
}

const none: Column = { kind: 0, cells: [] };

/** Copies of one line, which has what is the same in all. */
function addObjects(parts: unknown[], count: number, keys: readonly string[], columns: readonly Column[]): void {
  const line: Filled = {};
  for (const [at, key] of keys.entries()) line[key] = columns[at]?.kind === 1 ? none : (columns[at]?.cells[0] ?? null);
  for (let made = 0; made < count; made++) parts.push({ ...line });
}

function addLists(parts: unknown[], lengths: readonly number[], { kind, cells }: Column): void {
  let from = 0;
  for (const length of lengths) {
    parts.push(kind === 3 ? Array.from({ length }, () => cells[0]) : cells.slice(from, from + length));
    from += length;
  }
}

function fillColumn(parts: readonly unknown[], first: number, key: string, { kind, cells }: Column): void {
  if (kind === 3) return;
  for (let line = 0; line < cells.length; line++) {
    const cell = cells[line];
    (parts[first + line] as Filled)[key] = kind === 0 ? cell : kind === 1 ? parts[cell as number] : mixed(parts, cell);
  }
}

/** What stands in the lists already are scalars, or numbers of parts. */
function fillLists(parts: readonly unknown[], first: number, lengths: readonly number[], { kind }: Column): void {
  if (kind === 0 || kind === 3) return;
  for (let line = 0; line < lengths.length; line++) {
    const list = parts[first + line] as unknown[];
    for (let at = 0; at < list.length; at++) list[at] = kind === 1 ? parts[list[at] as number] : mixed(parts, list[at]);
  }
}

/** A scalar, or the number of a part in a list of one. */
function mixed(parts: readonly unknown[], cell: unknown): unknown {
  return Array.isArray(cell) ? parts[cell[0] as number] : cell;
}
