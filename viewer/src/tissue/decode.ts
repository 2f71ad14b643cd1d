/* Frames of the film: from base64 of a zlib stream to arrays. */
import type { Attribute, Fields, Frame, Point, Run } from "./data";

/** Cells of one frame; positions and radii in um. `attribute[k][i]`: the byte of attribute k of cell i. */
export interface Cells {
  n: number;
  total: number; // in the lesion; above n when the frame was thinned
  minute: number;
  x: Float32Array;
  y: Float32Array;
  z: Float32Array;
  r: Float32Array;
  type: Uint8Array;
  state: Uint8Array;
  attribute: Uint8Array[];
}
/** Substances of one frame on coarse voxels. `byte[s][v]`: x fastest. */
export interface Grid {
  voxels: Point;
  low: Point; // corner of the domain, um
  step: Point; // edges of a voxel, um
  range: [number, number][];
  byte: Uint8Array[];
}

export async function inflate(base64: string): Promise<Uint8Array> {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack the film (it has no DecompressionStream)");
  const text = atob(base64), packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Bytes that one cell takes. */
export const bytesOfCell = (attributes: number): number => 9 + attributes;

export function unpackCells(bytes: Uint8Array, frame: Pick<Frame, "minute" | "cells" | "shown">, run: Pick<Run, "domain" | "attributes" | "types">): Cells {
  const n = frame.shown, kinds = run.attributes.length;
  if (bytes.length !== n * bytesOfCell(kinds)) throw new Error(`the frame of minute ${frame.minute} has ${bytes.length} bytes, expected ${n * bytesOfCell(kinds)} for ${n} cells`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), { low, high } = run.domain;
  const axis = (k: number) => {
    const out = new Float32Array(n), scale = (high[k] - low[k]) / 65535;
    for (let i = 0; i < n; i++) out[i] = low[k] + view.getUint16(2 * (k * n + i), true) * scale;
    return out;
  };
  const column = (k: number) => bytes.subarray((6 + k) * n, (7 + k) * n);
  const r = Float32Array.from(column(0), (b) => b / 8);
  return { n, total: frame.cells, minute: frame.minute, x: axis(0), y: axis(1), z: axis(2), r, type: column(1), state: column(2), attribute: run.attributes.map((_, k) => column(3 + k)) };
}

export function unpackFields(bytes: Uint8Array, fields: Pick<Fields, "voxels" | "range">, domain: Run["domain"]): Grid {
  const [nx, ny, nz] = fields.voxels, one = nx * ny * nz;
  if (bytes.length !== one * fields.range.length) throw new Error(`the fields have ${bytes.length} bytes, expected ${one * fields.range.length}`);
  const step = fields.voxels.map((v, k) => (domain.high[k] - domain.low[k]) / v) as Point;
  return { voxels: fields.voxels, low: domain.low, step, range: fields.range, byte: fields.range.map((_, s) => bytes.subarray(s * one, (s + 1) * one)) };
}

export function attributeValue(a: Attribute, byte: number): number {
  const t = byte / 255;
  return a.log && a.low > 0 && a.high > 0 ? a.low * (a.high / a.low) ** t : a.low + t * (a.high - a.low);
}
export function fieldValue(g: Grid, substance: number, byte: number): number {
  const [low, high] = g.range[substance];
  return low + (byte / 255) * (high - low);
}
/** The value of the voxel that holds a place; null outside of the domain. */
export function fieldAt(g: Grid, substance: number, place: Point): number | null {
  const v = place.map((p, k) => {
    const i = Math.floor((p - g.low[k]) / g.step[k]);
    return i === g.voxels[k] && p - g.low[k] <= g.voxels[k] * g.step[k] * (1 + 1e-9) ? i - 1 : i; // the far border belongs to the last voxel
  });
  if (v.some((i, k) => !(i >= 0 && i < g.voxels[k]))) return null;
  return fieldValue(g, substance, g.byte[substance][v[0] + g.voxels[0] * (v[1] + g.voxels[1] * v[2])]);
}

/** Bytes of unpacked frames that are kept. */
const KEPT = 96e6;

/** The film of a run: frames are unpacked when they are asked for, and those asked for last are kept. */
export class Film {
  private kept = new Map<number, { cells: Cells; grid: Grid | null; bytes: number }>();
  private coming = new Map<number, Promise<{ cells: Cells; grid: Grid | null }>>();
  private carried: Uint8Array[]; // by attribute, by type
  constructor(readonly run: Run) {
    this.carried = run.attributes.map(() => new Uint8Array(run.types.length));
  }
  /** Has any cell of a type more than the least of an attribute, in the frames unpacked so far? */
  carries(attribute: number, type: number): boolean {
    return this.carried[attribute]?.[type] === 1;
  }
  get frames(): number {
    return this.run.film.length;
  }
  /** What is there already. */
  peek(i: number): { cells: Cells; grid: Grid | null } | null {
    return this.kept.get(i) ?? null;
  }
  frame(i: number): Promise<{ cells: Cells; grid: Grid | null }> {
    const there = this.kept.get(i);
    if (there) {
      this.kept.delete(i);
      this.kept.set(i, there); // the last asked for
      return Promise.resolve(there);
    }
    let made = this.coming.get(i);
    if (!made) {
      made = this.unpack(i).finally(() => this.coming.delete(i));
      this.coming.set(i, made);
    }
    return made;
  }
  private async unpack(i: number) {
    const f = this.run.film[i];
    const [cells, fields] = await Promise.all([inflate(f.data), f.fields ? inflate(f.fields.data) : null]);
    const out = { cells: unpackCells(cells, f, this.run), grid: f.fields && fields ? unpackFields(fields, f.fields, this.run.domain) : null };
    out.cells.attribute.forEach((bytes, k) => { for (let j = 0; j < out.cells.n; j++) if (bytes[j]) this.carried[k][out.cells.type[j]] = 1; });
    this.kept.set(i, { ...out, bytes: 16 * f.shown + cells.length + (fields?.length ?? 0) });
    let sum = [...this.kept.values()].reduce((s, k) => s + k.bytes, 0);
    for (const [old, k] of this.kept) {
      if (sum <= KEPT || old === i) break;
      this.kept.delete(old);
      sum -= k.bytes;
    }
    return out;
  }
  /** How far from the middle of the domain the cells of the first and the last frame reach, um. */
  async extent(): Promise<number> {
    const { low, high } = this.run.domain, o = low.map((l, k) => (l + high[k]) / 2);
    let far = 0;
    for (const i of new Set([0, this.frames - 1])) {
      const { cells: c } = await this.frame(i);
      for (let j = 0; j < c.n; j++) far = Math.max(far, Math.hypot(c.x[j] - o[0], c.y[j] - o[1], c.z[j] - o[2]) + c.r[j]);
    }
    return far;
  }
  /** The frame next to a moment, the earlier of two that are as near. */
  nearest(minute: number): number {
    let best = 0;
    const { film } = this.run, at = Math.min(minute, film[film.length - 1]?.minute ?? 0); // beyond 2^53 all frames would be as near
    film.forEach((f, i) => { if (Math.abs(f.minute - at) < Math.abs(film[best].minute - at)) best = i; });
    return best;
  }
}
