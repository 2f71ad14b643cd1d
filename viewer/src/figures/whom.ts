/* What figures of single patients have in common: of whom they are, which of many are drawn, what the files call them. */
import type { Patients } from "../model";
import { isRescored } from "../state";
import type { Page } from "../ui/context";
import { count } from "../format";
import { fill, language, words } from "../words";

const T = words({
  first: ["Shown are the {n} patients of the first of {all} replicates.", "所示为 {all} 次重复中第 1 次的 {n} 名患者。"],
  lone: ["Shown are the {n} patients of the only replicate.", "所示为唯一一次重复的 {n} 名患者。"],
  one: ["Shown are {n} patients of replicate {k}.", "所示为第 {k} 次重复的 {n} 名患者。"],
  pooled: ["Shown are {n} patients of the {k} replicates in this page, pooled.", "所示为本页所含 {k} 次重复合并后的 {n} 名患者。"],
  filtered: ["Only those who pass the filter.", "仅包括符合筛选条件者。"],
  rescored: ["Scored again in this page under the chosen rules.", "已在本页按所选规则重新评分。"],
  part: ["The page holds the first {n} of the {all} patients of a replicate.", "本页只包含每次重复 {all} 名患者中的前 {n} 名。"],
});

/** Of whom a figure of the selected patients is: to begin or end a caption with. */
export function whom(p: Page, n = p.selection.rows.length): string {
  const { selection: s, view, model } = p;
  const values = { n: count(n), all: count(model.summary.replicates), k: s.replicates };
  const parts: string[] = [];
  if (s.source === "summary") parts.push(fill(model.summary.replicates > 1 ? T.first : T.lone, values));
  else if (typeof view.replicate === "number") parts.push(fill(T.one, { ...values, k: Math.min(view.replicate, (model.patients?.replicates ?? 1) - 1) + 1 }));
  else parts.push(s.replicates > 1 ? fill(T.pooled, values) : fill(model.summary.replicates > 1 ? T.first : T.lone, values));
  if (s.filtered) parts.push(T.filtered);
  if (isRescored(view)) parts.push(T.rescored);
  const m = model.patients;
  if (m && m.size < m.planned) parts.push(fill(T.part, { n: count(m.size), all: count(m.planned) }));
  return sentences(...parts);
}

/** Sentences one after the other, as the language sets them. */
export function sentences(...parts: (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(language() === "zh" ? "" : " ");
}

/** At most `most` of a list, evenly chosen, the first and the last among them. */
export function evenly<A>(list: A[], most: number): A[] {
  if (list.length <= most) return list;
  if (most < 2) return list.slice(0, Math.max(0, most));
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

/** As patients.csv counts: from 0. */
export function fileNames(p: Patients, row: number): { replicate: number; patient: number } {
  return { replicate: Math.floor(row / p.size), patient: row % p.size };
}
