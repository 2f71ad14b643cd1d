/* Documents of tissues for tests: cells whose places, states and attributes follow formulas, so that everything on the page can be known. */
import { deflateSync } from "node:zlib";
import type { Attribute, Frame, Point, Run, Study, TissuePage } from "../../src/tissue/data";

export interface Cell {
  at: Point;
  r: number;
  type: number;
  state: number;
  bytes: number[]; // attributes
}
export const LOW: Point = [-350, -350, -350], HIGH: Point = [350, 350, 350];
export const ATTRIBUTES: Attribute[] = [
  { name: "granules", unit: "1", low: 0, high: 255, log: false },
  { name: "ligand", unit: "copies", low: 100, high: 1e6, log: true },
];

export function packFrame(minute: number, cells: Cell[], attributes = ATTRIBUTES.length, total = cells.length): Frame {
  const n = cells.length, out = Buffer.alloc(n * (9 + attributes));
  cells.forEach((c, i) => {
    c.at.forEach((x, k) => out.writeUInt16LE(Math.round(((x - LOW[k]) / (HIGH[k] - LOW[k])) * 65535), 2 * (k * n + i)));
    out[6 * n + i] = Math.round(8 * c.r);
    out[7 * n + i] = c.type;
    out[8 * n + i] = c.state;
    for (let a = 0; a < attributes; a++) out[(9 + a) * n + i] = c.bytes[a];
  });
  return { minute, cells: total, shown: n, data: deflateSync(out).toString("base64"), fields: null };
}
export function packFields(voxels: Point, range: [number, number], value: (p: Point) => number): Frame["fields"] {
  const out = Buffer.alloc(voxels[0] * voxels[1] * voxels[2]);
  for (let k = 0, v = 0; k < voxels[2]; k++)
    for (let j = 0; j < voxels[1]; j++)
      for (let i = 0; i < voxels[0]; i++, v++) {
        const p = [i, j, k].map((q, a) => LOW[a] + ((q + 0.5) * (HIGH[a] - LOW[a])) / voxels[a]) as Point;
        out[v] = Math.round((255 * (value(p) - range[0])) / (range[1] - range[0]));
      }
  return { voxels, range: [range], data: deflateSync(out).toString("base64") };
}

/** Numbers between 0 and 1 that are the same each time. */
export function chance(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x9e3779b9) >>> 0; // Weyl's sequence, mixed
    let x = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  };
}
const size = (p: Point): number => Math.hypot(...p);

function tumour(radius: number): Point[] {
  const step = 16, out: Point[] = [];
  for (let k = -Math.ceil(radius / step); k <= radius / step; k++)
    for (let j = -Math.ceil(radius / step); j <= radius / step; j++)
      for (let i = -Math.ceil(radius / step); i <= radius / step; i++) {
        const p: Point = [(i + 0.5 * ((j + k) & 1)) * step, (j + (k & 1) / 3) * step * 0.87, k * step * 0.82];
        if (size(p) <= radius) out.push(p);
      }
  return out;
}

/** A ball of tumour cells that killers enter: at minute m they have come `reach` * m um nearer; who is near one for long is dead. */
export function lesionCells(minute: number, killers: number, reach: number, radius = 200): Cell[] {
  const draw = chance(7), cells: Cell[] = [], front = 260 - reach * minute;
  for (const p of tumour(radius)) {
    const q = p.map((x) => x + 3 * (draw() - 0.5)) as Point, luck = draw(), d = size(q);
    const state = d > front + 25 && luck < 0.35 ? 1 : d < 60 && minute > 600 ? 2 + (luck < 0.5 ? 1 : 0) : 0;
    cells.push({ at: q, r: state === 1 ? 5.5 : state === 2 ? 9.5 : 8.4, type: 0, state, bytes: [0, Math.round(90 + 130 * draw())] });
  }
  for (let i = 0; i < killers; i++) {
    const z = 2 * draw() - 1, a = 2 * Math.PI * draw(), s = Math.sqrt(1 - z * z), d = Math.max(20 + 180 * draw(), front + 60 * draw());
    cells.push({ at: [d * s * Math.cos(a), d * s * Math.sin(a), d * z], r: 5.2, type: 1, state: 0, bytes: [Math.round(255 * draw()), 0] });
  }
  return cells;
}

const MINUTES = Array.from({ length: 25 }, (_, i) => 60 * i);
export function madeRun(label = "base", killers = 1000, reach = 0.15, radius = 200): Run {
  const film = MINUTES.map((m) => ({ ...packFrame(m, lesionCells(m, killers, reach, radius)), fields: packFields(radius > 50 ? [35, 35, 35] : [3, 3, 3], [0, 38], (p) => 38 * Math.min(1, 0.04 + (size(p) / 240) ** 2)) }));
  const of = (m: number, type: number, dead: boolean) => lesionCells(m, killers, reach, radius).filter((c) => c.type === type && (c.state !== 0) === dead).length;
  const dead = MINUTES.map((m) => of(m, 0, true));
  return {
    label, name: "nk-infiltration", title: "Natural killer cells around a ball of tumour cells", question: "How far into a solid nodule do 1,000 killers get in a day, and how many cells do they kill?", systems: ["made.up"],
    text: "tissue: nk-infiltration\nduration: 24 hour\n", rules: "tumour,oxygen,decreases,necrosis,0,3.75,8,0\n", domain: { low: LOW, high: HIGH, voxel: 20, voxels: [35, 35, 35] }, minutes: 1440, planned: 1440, complete: true, seed: "1",
    types: [{ name: "tumour", killer: false }, { name: "NK", killer: true }], substances: [{ name: "oxygen", unit: "mmHg" }], attributes: ATTRIBUTES,
    counts: {
      columns: ["minute", "tumour.alive", "tumour.apoptotic", "NK.alive", "births", "kills", "apoptoses", "necroses", "oxygen.mean", "oxygen.min", "oxygen.max"],
      values: [MINUTES, MINUTES.map((m) => of(m, 0, false)), dead, MINUTES.map((m) => of(m, 1, false)), MINUTES.map(() => 0), dead, dead, MINUTES.map(() => 0), MINUTES.map(() => 24), MINUTES.map(() => 1.52), MINUTES.map(() => 38)],
    },
    film,
  };
}

/** A study of three variants, with values by formula. */
export function madeStudy(radius = 200): TissuePage {
  const runs = [madeRun("base", 1000, 0.15, radius), madeRun("thawed", 1000, 0.05, radius), madeRun("no killers", 1, 0.01, radius)], seeds = ["1", "2", "3"];
  const value = (v: number, s: number, m: number) => (3 - v) * m * 0.4 + 20 * s * (m / 1440);
  const study: Study = {
    name: "nk-infiltration", title: "What freezing costs", question: "Do thawed killers kill fewer?", systems: ["made.up"], figure: { outcome: "kills", sentence: "Thawed killers crawl less and kill fewer cells in a day." },
    variants: [{ name: "base", title: "What freezing costs", changes: [] }, { name: "thawed", title: "thawed", changes: [{ key: "cells.NK.motility.share", was: "50 %", is: "8 %" }] }, { name: "no killers", title: null, changes: [{ key: "place.2", was: "1000", is: null }] }],
    outcomes: [{ name: "kills", unit: "1", title: "cells killed" }, { name: "depth", unit: "um", title: "median depth" }], seeds,
    series: ["kills", "depth"].flatMap((outcome) => runs.flatMap((r, v) => seeds.map((seed, s) => ({ outcome, variant: r.label, seed, minute: MINUTES, value: MINUTES.map((m) => value(v, s, m)) })))),
    answers: ["kills", "depth"].flatMap((outcome) => runs.map((r, v) => ({ outcome, variant: r.label, n: 3, mean: value(v, 1, 1440), low: value(v, 1, 1440) - 49.7, high: value(v, 1, 1440) + 49.7, difference: v ? { mean: -576 * v, low: -576 * v - 1, high: -576 * v + 1, p: 0.0001 } : null }))),
  };
  return { format: "perforin-tissue-page-1", version: "0.1.0", runs, study };
}
export const madePage = (): TissuePage => ({ format: "perforin-tissue-page-1", version: "0.1.0", runs: [madeRun()] });
