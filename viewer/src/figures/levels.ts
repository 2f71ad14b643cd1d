/* What is measured in blood over time, arm by arm: of all replicates from the summary, or of the patients that are looked at. */
import type { Quantiles } from "../data";
import { shownArms } from "../select";
import type { Page } from "../ui/context";
import { cutoff, doses } from "./course";
import { evenly } from "./whom";

/** One measured quantity: KINETICS, or a marker by its name. */
export interface Quantity {
  name: string;
  title: string;
  unit: string;
  summary: Quantiles;
  path: string; // of `summary` in summary.json
}
export interface ArmLevels {
  arm: number;
  path: string | null; // of the arm's quantiles in summary.json; null: computed from patients
  day: number[];
  n: number[];
  q05: number[]; // NaN: nobody
  q50: number[];
  q95: number[];
}

export function markersOf(p: Page): Quantity[] {
  return p.model.summary.markers.map((m, i) => ({ name: m.marker, title: m.marker, unit: m.unit, summary: m, path: `markers.${i}` }));
}
export function kineticsOf(p: Page, title: string): Quantity | null {
  const k = p.model.summary.kinetics;
  return k ? { name: "KINETICS", title, unit: k.unit, summary: k, path: "kinetics" } : null;
}

/** The quantile of sorted values as the summary has it (type 7 of Hyndman and Fan). */
export function quantile7(sorted: ArrayLike<number>, p: number): number {
  if (!sorted.length) return NaN;
  const h = p * (sorted.length - 1), i = Math.floor(h), next = sorted[Math.min(i + 1, sorted.length - 1)];
  return sorted[i] + (h - i) * (next - sorted[i]);
}

const value = (x: number | null): number => x ?? NaN;

function fromSummary(p: Page, q: Quantity, arm: number): ArmLevels | null {
  const i = q.summary.arms.findIndex((a) => a.arm === p.model.arms[arm]);
  if (i < 0) return null;
  const a = q.summary.arms[i];
  return { arm, path: `${q.path}.arms.${i}`, day: q.summary.day, n: a.n, q05: a.q05.map(value), q50: a.q50.map(value), q95: a.q95.map(value) };
}

/** Values of the patients of an arm by day; days after the cut-off are passed over. */
function fromPatients(p: Page, q: Quantity, arm: number): ArmLevels {
  const m = p.model.patients!, day = m.samples.numbers("DAY"), x = m.samples.numbers(q.name), cut = cutoff(p.view);
  const days = q.summary.day.filter((d) => d <= cut);
  const index = new Map(days.map((d, i) => [d, i]));
  const values: number[][] = days.map(() => []);
  for (const row of p.selection.rows) {
    if (m.arm[row] !== arm) continue;
    for (let i = m.sampleStart[row]; i < m.sampleStart[row + 1]; i++) {
      const at = index.get(day[i]);
      if (at !== undefined && Number.isFinite(x[i])) values[at].push(x[i]);
    }
  }
  const sorted = values.map((v) => Float64Array.from(v).sort());
  return { arm, path: null, day: days, n: sorted.map((v) => v.length), q05: sorted.map((v) => quantile7(v, 0.05)), q50: sorted.map((v) => quantile7(v, 0.5)), q95: sorted.map((v) => quantile7(v, 0.95)) };
}

/** Arms without any level above 0 are left out: an arm without cells has no kinetics. */
export function levels(p: Page, q: Quantity): ArmLevels[] {
  const all = shownArms(p.model, p.view).map((arm) => (p.selection.source === "summary" || !p.model.patients ? fromSummary(p, q, arm) : fromPatients(p, q, arm)));
  return all.filter((a): a is ArmLevels => !!a && a.q95.some((x) => x > 0));
}

export interface Track {
  row: number;
  points: { day: number; level: number }[];
}
/** Single patients of an arm, at most `most`, evenly chosen. */
export function tracks(p: Page, q: Quantity, arm: number, most: number): Track[] {
  const m = p.model.patients;
  if (!m) return [];
  const day = m.samples.numbers("DAY"), x = m.samples.numbers(q.name), cut = cutoff(p.view);
  const rows = p.selection.rows.filter((r) => m.arm[r] === arm && m.sampleStart[r + 1] > m.sampleStart[r]);
  return evenly(rows, most).map((row) => {
    const points: Track["points"] = [];
    for (let i = m.sampleStart[row]; i < m.sampleStart[row + 1]; i++) if (day[i] <= cut && Number.isFinite(x[i])) points.push({ day: day[i], level: x[i] });
    return { row, points };
  });
}

/** Days on which at least one in twenty patients of the arm is given cells, rounded to whole days. */
export function cellDays(p: Page, arm: number): number[] {
  const m = p.model.patients;
  if (!m) return [];
  const rows = evenly(p.selection.rows.filter((r) => m.arm[r] === arm), 200);
  const count = new Map<number, number>();
  for (const r of rows) for (const d of new Set(doses(p.model, r, cutoff(p.view)).filter((x) => x.kind === "cells").map((x) => Math.round(x.day)))) count.set(d, (count.get(d) ?? 0) + 1);
  return [...count].filter(([, n]) => n >= rows.length / 20).map(([d]) => d).sort((a, b) => a - b);
}

/** An axis of levels: logarithmic where they spread over more than a factor of 20. `floor`: what is below it, and 0, is drawn on it. */
export interface LevelAxis {
  log: boolean;
  floor: number;
  domain: [number, number];
}
const DECADES = 6;
/** `center`: medians; they and `more` (published values) have to be inside, unless they lie further than six decades below the top. */
export function levelAxis(center: number[], low: number[], high: number[], more: number[], always: boolean): LevelAxis {
  const positive = (x: number[]) => x.filter((v) => v > 0 && Number.isFinite(v));
  const top = Math.max(...positive([...high, ...more]), 1e-300);
  const bottom = Math.min(...positive([...low, ...more]), top);
  if (!always && top < 20 * bottom && Math.min(...low.filter(Number.isFinite), ...center.filter(Number.isFinite)) > 0) return { log: false, floor: -Infinity, domain: [0, top * 1.08] };
  const least = Math.max(Math.min(...positive([...center, ...more]), top), top / 10 ** DECADES);
  const floor = 10 ** Math.floor(Math.log10(Math.max(Math.min(least, Math.max(bottom, least / 100)), top / 10 ** DECADES)) + 1e-9);
  return { log: true, floor, domain: [floor, top * 1.5] };
}
export function onAxis(a: LevelAxis, x: number): number {
  return a.log ? Math.max(x, a.floor) : x;
}
/** Powers of ten that leave a readable number of ticks. */
export function decades(a: LevelAxis, most: number): number[] {
  const first = Math.ceil(Math.log10(a.domain[0]) - 1e-9), last = Math.floor(Math.log10(a.domain[1]) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 10 ** (first + i * step));
}
