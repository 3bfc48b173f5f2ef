/** Bytes of the first piece; pieces grow to the other. */
const FIRST_BYTES = 1024;
const PIECE_BYTES = 65_536;
/** Numbers above this one take another form than a whole number of 32 bits. */
const MOST = 0xffff_ffff;

/** Bytes to which more are added at the end, in pieces. What was written is never moved or changed. */
export class ByteTrail {
  readonly pieces: Uint8Array[] = [];
  /** By piece: how much of it is written. */
  readonly lengths: number[] = [];
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  constructor() {
    this.pieces.push(this.#bytes);
    this.lengths.push(0);
  }

  /** Makes room for what comes next, in one piece: a record does not cross from one to another. */
  room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    this.#bytes = new Uint8Array(Math.max(bytes, Math.min(this.#bytes.length * 4, PIECE_BYTES)));
    this.#view = new DataView(this.#bytes.buffer);
    this.#at = 0;
    this.pieces.push(this.#bytes);
    this.lengths.push(0);
  }

  /** What was written since the last call is a record. */
  close(): void {
    this.lengths[this.lengths.length - 1] = this.#at;
  }

  byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  /** A whole number, 0 or more: small ones take one byte. */
  count(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest = rest > MOST ? Math.floor(rest / 128) : rest >>> 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  double(value: number): void {
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }
}

/** Reads a trail from its beginning, as far as it is written. */
export class ByteReader {
  readonly #trail: ByteTrail;
  #piece = 0;
  #at = 0;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(trail: ByteTrail) {
    this.#trail = trail;
    this.#bytes = trail.pieces[0] as Uint8Array;
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Everything that is written has been read. */
  get isAtEnd(): boolean {
    const { pieces, lengths } = this.#trail;
    while (this.#at >= (lengths[this.#piece] ?? 0)) {
      if (this.#piece + 1 >= pieces.length) return true;
      this.#piece++;
      this.#at = 0;
      this.#bytes = pieces[this.#piece] as Uint8Array;
      this.#view = new DataView(this.#bytes.buffer);
    }
    return false;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  count(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  double(): number {
    const value = this.#view.getFloat64(this.#at);
    this.#at += 8;
    return value;
  }
}
