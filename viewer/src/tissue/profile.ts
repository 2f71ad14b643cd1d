/* What lies where, counted from the cells of a frame: radial profiles and the depth of killers.
 *
 * Distances are from the mean position of the living cells of a type. Densities are cells per mm3 of the part of a shell that
 * lies in the domain; of a thinned frame they are scaled to all its cells. */
import type { Attribute, Point } from "./data";
import { attributeValue, fieldValue, type Cells, type Grid } from "./decode";

export interface Bin {
  low: number; // um
  high: number;
  n: number; // cells (or voxels) in it
  value: number | null; // null: nothing is in it
}

/** Mean position of the living cells of a type, else of all of its cells; null: there are none. */
export function centroid(c: Cells, type: number): Point | null {
  for (const dead of [false, true]) {
    let n = 0, x = 0, y = 0, z = 0;
    for (let i = 0; i < c.n; i++) {
      if (c.type[i] !== type || (!dead && c.state[i] !== 0)) continue;
      n++;
      x += c.x[i];
      y += c.y[i];
      z += c.z[i];
    }
    if (n) return [x / n, y / n, z / n];
  }
  return null;
}

/** Math.hypot is ten times slower, and guards against numbers that do not occur here. */
const length = (x: number, y: number, z: number): number => Math.sqrt(x * x + y * y + z * z);
const distance = (c: Cells, i: number, o: Point): number => length(c.x[i] - o[0], c.y[i] - o[1], c.z[i] - o[2]);

/** The largest distance from `o` to a corner of the domain. */
function farthest(o: Point, low: Point, high: Point): number {
  return Math.hypot(...o.map((x, k) => Math.max(x - low[k], high[k] - x)));
}
const SIDE = 56; // points along an axis that measure shells cut by the borders

/** Volumes of shells of equal width around `o` within the box, um3: exact where the ball lies in the box, else by a lattice of points. */
export function shellVolumes(o: Point, width: number, low: Point, high: Point): number[] {
  const bins = Math.ceil(farthest(o, low, high) / width - 1e-9);
  const inside = Math.max(0, Math.min(...o.map((x, k) => Math.min(x - low[k], high[k] - x))));
  const out = new Array<number>(bins).fill(0), size = o.map((_, k) => (high[k] - low[k]) / SIDE), one = size[0] * size[1] * size[2];
  for (let k = 0; k < SIDE; k++)
    for (let j = 0; j < SIDE; j++)
      for (let i = 0; i < SIDE; i++) {
        const d = length(low[0] + (i + 0.5) * size[0] - o[0], low[1] + (j + 0.5) * size[1] - o[1], low[2] + (k + 0.5) * size[2] - o[2]);
        const b = Math.min(bins - 1, Math.floor(d / width));
        out[b] += one;
      }
  for (let b = 0; b < bins && (b + 1) * width <= inside; b++) out[b] = (4 / 3) * Math.PI * width ** 3 * ((b + 1) ** 3 - b ** 3);
  return out;
}

const MM3 = 1e9; // um3
/** Of a shell, the least share in the domain that gives a density: corners hold too little to tell. */
export const LEAST = 0.1;
const whole = (b: number, width: number): number => (4 / 3) * Math.PI * width ** 3 * ((b + 1) ** 3 - b ** 3);

/** Density of the cells of a type (all states of `states`), cells per mm3. */
export function densityProfile(c: Cells, type: number, alive: boolean, o: Point, width: number, volumes: number[]): Bin[] {
  const n = new Array<number>(volumes.length).fill(0), all = c.n ? c.total / c.n : 1;
  for (let i = 0; i < c.n; i++) {
    if (c.type[i] !== type || (alive && c.state[i] !== 0)) continue;
    const b = Math.floor(distance(c, i, o) / width);
    if (b < n.length) n[b]++;
  }
  return n.map((k, b) => ({ low: b * width, high: (b + 1) * width, n: k, value: whole(b, width) * LEAST <= volumes[b] ? (k * all * MM3) / volumes[b] : null }));
}

/** Mean of an attribute over living cells of the types that are shown. */
export function attributeProfile(c: Cells, a: Attribute, k: number, shown: (type: number) => boolean, o: Point, width: number, bins: number): Bin[] {
  const n = new Array<number>(bins).fill(0), sum = new Array<number>(bins).fill(0);
  for (let i = 0; i < c.n; i++) {
    if (!shown(c.type[i]) || c.state[i] !== 0) continue;
    const b = Math.floor(distance(c, i, o) / width);
    if (b >= bins) continue;
    n[b]++;
    sum[b] += attributeValue(a, c.attribute[k][i]);
  }
  return n.map((m, b) => ({ low: b * width, high: (b + 1) * width, n: m, value: m ? sum[b] / m : null }));
}

/** Mean of a substance over voxels whose middle lies in a shell. */
export function fieldProfile(g: Grid, substance: number, o: Point, width: number, bins: number): Bin[] {
  const n = new Array<number>(bins).fill(0), sum = new Array<number>(bins).fill(0), [nx, ny, nz] = g.voxels, at = g.byte[substance];
  for (let k = 0, v = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, v++) {
        const d = length(g.low[0] + (i + 0.5) * g.step[0] - o[0], g.low[1] + (j + 0.5) * g.step[1] - o[1], g.low[2] + (k + 0.5) * g.step[2] - o[2]);
        const b = Math.floor(d / width);
        if (b >= bins) continue;
        n[b]++;
        sum[b] += fieldValue(g, substance, at[v]);
      }
  return n.map((m, b) => ({ low: b * width, high: (b + 1) * width, n: m, value: m ? sum[b] / m : null }));
}

/** The radius around `o` that holds a share of the cells of a type (living and dead); null: there are none. */
export function radiusOf(c: Cells, type: number, o: Point, share = 0.95): number | null {
  const d = new Float64Array(c.n);
  let n = 0;
  for (let i = 0; i < c.n; i++) if (c.type[i] === type) d[n++] = distance(c, i, o);
  return n ? d.subarray(0, n).sort()[Math.min(n - 1, Math.ceil(share * n) - 1)] : null;
}

/** How deep below the surface (at `radius` from `o`) the living cells of the given types are: above 0 inside, below 0 outside, um. */
export function depths(c: Cells, types: (type: number) => boolean, o: Point, radius: number): { type: number; depth: number }[] {
  const out: { type: number; depth: number }[] = [];
  for (let i = 0; i < c.n; i++) if (types(c.type[i]) && c.state[i] === 0) out.push({ type: c.type[i], depth: radius - distance(c, i, o) });
  return out;
}
