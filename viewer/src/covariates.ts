/* Numbers by which patients can be chosen: what was known of them before treatment, and what was done. */
import type { Model } from "./model";
import { covariateName } from "./names";
import { unitText } from "./format";
import { words } from "./words";

const T = words({
  years: ["years", "岁"],
});

export interface Covariate {
  name: string; // the column
  title: string;
  unit: string; // as shown; "" without one
  low: number; // over the patients in the page
  high: number;
}

const FIRST = ["age", "sex", "weight", "ecog", "BASELINE_SLD", "lesions", "size"];
const MORE = ["BASELINE_SLD", "DOSES", "INFUSIONS"];

/** Those that differ between the patients of the page: the well known ones first, else in the order of the file. */
export function covariates(model: Model): Covariate[] {
  const p = model.patients;
  if (!p) return [];
  const names = [...new Set([...MORE, ...(model.summary.arms[0]?.covariates ?? []).map((c) => c.name)])].filter((n) => p.patients.has(n) && !p.patients.isText(n));
  const units = new Map(model.run.study.population.variables.map((v) => [v.name, v.unit]));
  const said = new Map(model.summary.parameters.map((q) => [q.name, q]));
  const out: Covariate[] = [];
  for (const name of names) {
    let low = Infinity, high = -Infinity;
    for (const x of p.patients.numbers(name)) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (!(low < high)) continue;
    const unit = name === "BASELINE_SLD" ? "mm" : (units.get(name) ?? said.get(name)?.unit ?? "");
    out.push({ name, title: covariateName(name, said.get(name)?.is), unit: unit === "year" ? T.years : unitText(unit), low, high });
  }
  const rank = (c: Covariate) => { const i = FIRST.indexOf(c.name); return i < 0 ? FIRST.length : i; };
  return out.map((c, i) => ({ c, i })).sort((a, b) => rank(a.c) - rank(b.c) || a.i - b.i).map((x) => x.c);
}
