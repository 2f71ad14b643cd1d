/* Which patients the reader looks at. */
import type { Model } from "./model";
import { needsPatients, type View } from "./state";

export interface Selection {
  /** "summary": all replicates, as summary.json has them. Else the patients of `rows`. */
  source: "summary" | "patients";
  rows: number[]; // patient rows: not failed, of a shown arm, not filtered out. Also filled when source is "summary": the first replicate's
  replicates: number; // that `rows` come from
  filtered: boolean;
}

export function shownArms(model: Model, view: View): number[] {
  return model.arms.map((_, i) => i).filter((i) => !view.hidden.includes(i));
}

export function select(model: Model, view: View): Selection {
  const p = model.patients;
  if (!p) return { source: "summary", rows: [], replicates: 0, filtered: false };
  const summary = view.replicate === "all" && !needsPatients(view);
  // Rules and filters cannot be applied to patients who are not in the page: all of those who are stand in.
  const pooled = view.replicate === "detail" || (view.replicate === "all" && !summary);
  const one = typeof view.replicate === "number" ? Math.min(view.replicate, p.replicates - 1) : 0;
  const first = pooled ? 0 : one * p.size;
  const last = pooled ? p.patients.n : Math.min(first + p.size, p.patients.n);
  const tests = view.filters.filter((f) => p.patients.has(f.name)).map((f) => ({ x: p.patients.numbers(f.name), low: f.low ?? -Infinity, high: f.high ?? Infinity }));
  const shown = model.arms.map((_, i) => !view.hidden.includes(i));
  const rows: number[] = [];
  for (let r = first; r < last; r++) {
    if (p.failed[r] || p.arm[r] < 0 || !shown[p.arm[r]]) continue;
    if (tests.every((t) => t.x[r] >= t.low && t.x[r] <= t.high)) rows.push(r);
  }
  return { source: summary ? "summary" : "patients", rows, replicates: pooled ? p.replicates : 1, filtered: tests.length > 0 };
}
