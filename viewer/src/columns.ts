/* Columns of the page's document as arrays. */
import type { Column, Table } from "./data";

function bytes(text: string): ArrayBuffer {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out.buffer;
}

/** Every machine that runs a browser today is little-endian, as the document is. */
function whole(t: "u1" | "u2" | "u4", d: string): Uint8Array | Uint16Array | Uint32Array {
  const b = bytes(d);
  return t === "u1" ? new Uint8Array(b) : t === "u2" ? new Uint16Array(b) : new Uint32Array(b);
}

const MISSING = { u1: 0xff, u2: 0xffff, u4: 0xffffffff };

/** Numbers of a column; NaN where there is none (and everywhere in a column of texts). */
export function numbers(c: Column, n: number): Float64Array {
  if (c.t === "const") return new Float64Array(n).fill(typeof c.v === "number" ? c.v : NaN);
  if (c.t === "text") return new Float64Array(n).fill(NaN);
  if (c.t === "f4") return Float64Array.from(new Float32Array(bytes(c.d)));
  if (c.t === "f8") return new Float64Array(bytes(c.d));
  const missing = MISSING[c.t];
  return Float64Array.from(whole(c.t, c.d), (x) => (x === missing ? NaN : x));
}

export interface Texts {
  levels: string[];
  code: Uint8Array | Uint16Array; // the largest value: missing
}

/** Texts of a column as codes; null for a column of numbers. */
function texts(c: Column, n: number): Texts | null {
  if (c.t === "const") return typeof c.v === "string" ? { levels: [c.v], code: new Uint8Array(n) } : c.v === null ? { levels: [], code: new Uint8Array(n).fill(0xff) } : null;
  if (c.t !== "text") return null;
  return { levels: c.levels, code: whole(c.levels.length > 255 ? "u2" : "u1", c.d) as Uint8Array | Uint16Array };
}

/** A table whose columns are decoded when somebody asks for them. */
export class Frame {
  readonly n: number;
  readonly names: string[];
  private readonly table: Table;
  private readonly number = new Map<string, Float64Array>();
  private readonly text = new Map<string, Texts | null>();

  constructor(table: Table) {
    this.n = table.n;
    this.table = table;
    this.names = Object.keys(table.column);
  }
  has(name: string): boolean {
    return name in this.table.column;
  }
  /** Is it a column of texts? */
  isText(name: string): boolean {
    const c = this.table.column[name];
    return !!c && (c.t === "text" || (c.t === "const" && typeof c.v === "string"));
  }
  /** Numbers of a column; all NaN when there is no such column. */
  numbers(name: string): Float64Array {
    let x = this.number.get(name);
    if (!x) {
      const c = this.table.column[name];
      x = c ? numbers(c, this.n) : new Float64Array(this.n).fill(NaN);
      this.number.set(name, x);
    }
    return x;
  }
  texts(name: string): Texts | null {
    if (!this.text.has(name)) {
      const c = this.table.column[name];
      this.text.set(name, c ? texts(c, this.n) : null);
    }
    return this.text.get(name) ?? null;
  }
  /** The text in one row; "" when missing. */
  label(name: string, row: number): string {
    const t = this.texts(name);
    return t ? (t.levels[t.code[row]] ?? "") : "";
  }
}
