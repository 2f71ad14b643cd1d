/* From a frame and the reader's choices to what is drawn: a colour for each cell, the picture of a slice, the cell that a ray meets. */
import { rgb, STATE_COLOURS, tableOf, typeColours, type MapName } from "./colour";
import type { Point, Run } from "./data";
import { fieldValue, type Cells, type Grid } from "./decode";
import { opacityOf, type Axis, type Plane, type View } from "./state";

export const FIELD_MAP: MapName = "magma";
const INDEX: Record<Axis, number> = { x: 0, y: 1, z: 2 };

/** Which attribute colours the cells, -1: none. */
export function attributeOf(run: Pick<Run, "attributes">, choice: string): number {
  return choice.startsWith("a.") ? run.attributes.findIndex((a) => a.name === choice.slice(2)) : -1;
}

/** Cells of a type that has none of the attribute. */
export const NONE = [138, 138, 138];
/** r, g, b, opacity of each cell; opacity 0: not shown. `carries`: have cells of a type any of an attribute? Who has none is grey. */
export function tints(run: Run, c: Cells, v: View, carries: (attribute: number, type: number) => boolean = () => true): Uint8Array {
  const out = new Uint8Array(4 * c.n), k = attributeOf(run, v.colour), table = tableOf(v.map);
  const ofType = typeColours(run).map(rgb), ofState = STATE_COLOURS.map(rgb);
  const alpha = run.types.map((_, t) => Math.round(255 * opacityOf(v, t)));
  const has = run.types.map((_, t) => k < 0 || carries(k, t));
  for (let i = 0; i < c.n; i++) {
    const dead = c.state[i] !== 0, o = 4 * i;
    if (k >= 0 && !has[c.type[i]]) out.set(NONE, o);
    else if (k >= 0) out.set(table.subarray(3 * c.attribute[k][i], 3 * c.attribute[k][i] + 3), o);
    else out.set((v.colour === "state" ? ofState[c.state[i]] : ofType[c.type[i]]) ?? [128, 128, 128], o);
    // Dead cells are darker than the living of their type.
    if (dead && k < 0 && v.colour !== "state") for (let b = 0; b < 3; b++) out[o + b] = 0.42 * out[o + b] + 0.1 * 128;
    out[o + 3] = dead && !v.dead ? 0 : alpha[c.type[i]] ?? 255;
  }
  return out;
}
/** x, y, z, radius of each cell. */
export function places(c: Cells): Float32Array {
  const out = new Float32Array(4 * c.n);
  for (let i = 0; i < c.n; i++) {
    out[4 * i] = c.x[i];
    out[4 * i + 1] = c.y[i];
    out[4 * i + 2] = c.z[i];
    out[4 * i + 3] = c.r[i];
  }
  return out;
}

export interface Picture {
  plane: Plane;
  width: number;
  height: number;
  rgba: Uint8Array; // row 0: lowest second coordinate
}
/** What the colours of a substance mean: its lowest and highest value in all frames, so that a colour means the same at all times. */
export function fieldScale(run: Pick<Run, "film">, substance: number): [number, number] {
  let low = Infinity, high = -Infinity;
  for (const f of run.film) {
    const r = f.fields?.range[substance];
    if (r) (low = Math.min(low, r[0])), (high = Math.max(high, r[1]));
  }
  return low <= high ? [low, high] : [0, 0];
}
/** The voxels that a plane goes through, coloured over `scale`; null where there is no such substance. */
export function slicePicture(g: Grid, substance: number, plane: Plane, scale: [number, number]): Picture | null {
  const k = INDEX[plane.axis], [u, v] = [0, 1, 2].filter((x) => x !== k);
  const layer = Math.min(g.voxels[k] - 1, Math.max(0, Math.floor((plane.at - g.low[k]) / g.step[k]))), bytes = g.byte[substance];
  if (!bytes) return null;
  const stride = [1, g.voxels[0], g.voxels[0] * g.voxels[1]], width = g.voxels[u], height = g.voxels[v], table = tableOf(FIELD_MAP), rgba = new Uint8Array(4 * width * height);
  const span = scale[1] - scale[0], colour = Uint8Array.from({ length: 256 }, (_, b) => (span > 0 ? Math.min(255, Math.max(0, Math.round((255 * (fieldValue(g, substance, b) - scale[0])) / span))) : 0));
  for (let b = 0; b < height; b++)
    for (let a = 0; a < width; a++) {
      const byte = colour[bytes[layer * stride[k] + a * stride[u] + b * stride[v]]], o = 4 * (b * width + a);
      rgba.set(table.subarray(3 * byte, 3 * byte + 3), o);
      rgba[o + 3] = 255;
    }
  return { plane, width, height, rgba };
}

/** The first cell that a ray meets, and how far away; -1: none. `shown(i)`, and `away(p)`: is that place cut away? A cell whose front is cut
 * away is met on the cut. */
export function meet(c: Cells, from: Point, to: Point, shown: (i: number) => boolean, away: (p: Point) => boolean): { cell: number; far: number } {
  let cell = -1, far = Infinity;
  for (let i = 0; i < c.n; i++) {
    const dx = c.x[i] - from[0], dy = c.y[i] - from[1], dz = c.z[i] - from[2], near = dx * to[0] + dy * to[1] + dz * to[2];
    const miss = dx * dx + dy * dy + dz * dz - near * near, r2 = c.r[i] * c.r[i];
    if (miss > r2 || near < 0) continue;
    const chord = Math.sqrt(r2 - miss), front = near - chord;
    if (front >= far || !shown(i)) continue;
    const at = (t: number): Point => [from[0] + t * to[0], from[1] + t * to[1], from[2] + t * to[2]];
    if (away(at(front))) {
      if (away(at(near + chord))) continue; // all of the ray within the ball is cut away
      let a = front, b = near + chord; // away(a), not away(b)
      for (let step = 0; step < 20; step++) {
        const m = (a + b) / 2;
        if (away(at(m))) a = m;
        else b = m;
      }
      if (b < far) (cell = i), (far = b);
    } else (cell = i), (far = front);
  }
  return { cell, far };
}
/** Where a ray meets a plane within the domain; null: it does not. */
export function meetPlane(plane: Plane, from: Point, to: Point, low: Point, high: Point): { place: Point; far: number } | null {
  const k = INDEX[plane.axis];
  if (Math.abs(to[k]) < 1e-12) return null;
  const far = (plane.at - from[k]) / to[k], place = from.map((f, i) => f + far * to[i]) as Point;
  place[k] = plane.at;
  return far > 0 && place.every((p, i) => p >= low[i] && p <= high[i]) ? { place, far } : null;
}

export interface Disc {
  cell: number;
  u: number; // um
  v: number;
  r: number;
}
/** Cells that a plane cuts, as discs: for the picture without WebGL. */
export function discs(c: Cells, plane: Plane, shown: (i: number) => boolean): Disc[] {
  const along = [c.x, c.y, c.z], k = INDEX[plane.axis], [u, v] = [0, 1, 2].filter((x) => x !== k), out: Disc[] = [];
  for (let i = 0; i < c.n; i++) {
    const d = along[k][i] - plane.at, r2 = c.r[i] * c.r[i] - d * d;
    if (r2 > 0 && shown(i)) out.push({ cell: i, u: along[u][i], v: along[v][i], r: Math.sqrt(r2) });
  }
  return out;
}
