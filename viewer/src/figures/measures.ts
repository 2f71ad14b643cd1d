/* Values of measures by replicate, as figures ask for them. */
import { numbers } from "../columns";
import type { Figure, Measure, ReplicateValues } from "../data";
import type { Model } from "../model";
import type { Named } from "../names";
import { sameMeasure } from "./roles";

const decoded = new WeakMap<ReplicateValues, Float64Array>();

function replicatesOf(v: ReplicateValues): number {
  const c = v.value, size = { u1: 1, u2: 2, u4: 4, f4: 4, f8: 8 };
  if (c.t === "const" || c.t === "text") return 0;
  const pad = c.d.endsWith("==") ? 2 : c.d.endsWith("=") ? 1 : 0;
  return ((c.d.length / 4) * 3 - pad) / size[c.t];
}
/** [replicates in the page]; NaN: does not exist there; ±infinity: not reached. */
function valuesOf(model: Model, v: ReplicateValues): Float64Array {
  let x = decoded.get(v);
  if (!x) {
    x = numbers(v.value, replicatesOf(v) || Math.min(model.summary.replicates, 1000));
    decoded.set(v, x);
  }
  return x;
}
export function findValues(model: Model, arm: string, against: string | null | undefined, m: Named): Float64Array | null {
  const v = model.run.values.find((r) => r.arm === arm && (r.against ?? null) === (against ?? null) && sameMeasure(r, m));
  return v ? valuesOf(model, v) : null;
}

/** A measure of the summary with its place. */
export interface Placed {
  arm: string;
  against: string | null;
  measure: Measure;
  path: string; // in summary.json
}
export function allMeasures(model: Model): Placed[] {
  const s = model.summary;
  return [
    ...s.arms.flatMap((a, i) => a.endpoints.map((measure, k) => ({ arm: a.name, against: null, measure, path: `arms.${i}.endpoints.${k}` }))),
    ...s.comparisons.flatMap((c, i) => c.measures.map((measure, k) => ({ arm: c.arm, against: c.against, measure, path: `comparisons.${i}.measures.${k}` }))),
  ];
}

/** The row of the summary that a published figure is compared with. */
export function findMeasure(model: Model, f: Figure): Placed | undefined {
  return allMeasures(model).find((m) => m.arm === f.arm && m.against === (f.against ?? null) && sameMeasure(m.measure, f));
}
/** Ratios are read on a log axis, and what spans decades. */
export function prefersLog(endpoint: string, values: (number | null)[]): boolean {
  if (endpoint.endsWith("_p")) return false;
  const x = values.filter((v): v is number => v !== null && Number.isFinite(v));
  if (!x.length || x.some((v) => v <= 0)) return false;
  return /ratio/.test(endpoint) || Math.max(...x) / Math.min(...x) > 30;
}

/** Figures that the study expects of this arm and measure, of any role. */
export function publishedOf(model: Model, p: { arm: string; against: string | null; measure: Named }): Figure[] {
  return Object.values(model.summary.expectations)
    .flatMap((r) => r.figures)
    .filter((f) => f.arm === p.arm && (f.against ?? null) === p.against && sameMeasure(f, p.measure));
}
