/* Patients whose integration failed: how many, where, when, why. */
import * as Plot from "@observablehq/plot";
import { Frame } from "../columns";
import { count, significant } from "../format";
import { SYMBOLS } from "../model";
import { shownArms } from "../select";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { Num } from "../ui/num";
import { plot, timeAxis } from "../ui/plot";
import { words } from "../words";
import { shareBars } from "./bars";

const T = words({
  title: ["Patients whose integration failed", "积分失败的患者"],
  none: ["No patient failed:", "没有患者模拟失败："],
  of: ["of", "/"],
  left: [
    "They are left out of every other figure. Failures are no outcome of patients: the solver could not go on within its limits.",
    "这些患者不计入其他任何图表。失败不是患者结局，而是求解器无法在其限制内继续。",
  ],
  caption: ["Patients of all {n} replicates by arm; below, the day and the state in which each of the {k} listed failures happened.", "全部 {n} 次重复的患者按组别统计；下方为所列 {k} 次失败发生的日期与状态。"],
  zero: ["Patients of all {n} replicates by arm.", "全部 {n} 次重复的患者，按组别统计。"],
  first: ["The page lists the first {k} of {n}.", "本页列出 {n} 次中的前 {k} 次。"],
  space: [" ", ""],
  day: ["day", "天"],
  arm: ["arm", "组别"],
  replicate: ["replicate (from 0)", "重复（从 0 起）"],
  patient: ["patient (from 0)", "患者（从 0 起）"],
  reason: ["reason", "原因"],
  state: ["state", "状态"],
  failed: ["failed", "失败"],
});

interface Failure {
  arm: string;
  replicate: number;
  patient: number;
  day: number;
  reason: string;
  state: string;
}
const decoded = new WeakMap<object, Failure[]>();
function list(p: Page): Failure[] {
  let all = decoded.get(p.model);
  if (!all) {
    const f = new Frame(p.model.run.failures), replicate = f.numbers("REPLICATE"), patient = f.numbers("PATIENT"), day = f.numbers("DAY");
    all = Array.from({ length: f.n }, (_, i) => ({ arm: f.label("ARM", i), replicate: replicate[i], patient: patient[i], day: day[i], reason: f.label("REASON", i), state: f.label("STATE", i) }));
    decoded.set(p.model, all);
  }
  return all;
}
const shown = (p: Page) => list(p).filter((f) => !p.view.hidden.includes(p.model.armIndex(f.arm)));

function where(p: Page, width: number): SVGSVGElement[] {
  const all = shown(p).filter((f) => Number.isFinite(f.day));
  if (!all.length) return [];
  const states = [...new Set(all.map((f) => f.state || "–"))], first = Math.min(0, ...all.map((f) => f.day));
  const t = timeAxis({ ...p.view, from: null, to: null }, Math.max(...all.map((f) => f.day), first + 1), first);
  return [
    plot({
      width, height: 60 + 22 * states.length, marginLeft: Math.min(160, width * 0.35), marginBottom: 40,
      x: { label: t.unit, labelArrow: "none", labelAnchor: "center", domain: t.domain, grid: true },
      y: { type: "point", domain: states, label: null, padding: 0.5 },
      symbol: { domain: p.model.arms.map((_, i) => i), range: p.model.arms.map((_, i) => SYMBOLS[i % SYMBOLS.length]) },
      marks: [Plot.dot(all, { x: (f: Failure) => t.scale(f.day), y: (f: Failure) => f.state || "–", symbol: (f: Failure) => p.model.armIndex(f.arm), stroke: (f: Failure) => p.model.colour(Math.max(0, p.model.armIndex(f.arm))), r: 4, tip: true, title: (f: Failure) => `${f.arm}\n${T.day} ${significant(f.day)}\n${f.state}\n${f.reason}` })],
    }),
  ];
}

export const failures: FigureSpec = {
  id: "failed",
  title: () => T.title,
  present: () => true,
  draw(p, width) {
    const arms = shownArms(p.model, p.view).map((a) => ({ label: p.model.arms[a], colour: p.model.colour(a), n: p.model.summary.arms[a].failed, of: p.model.summary.arms[a].patients }));
    return arms.length ? [shareBars(arms, width), ...where(p, width)] : [];
  },
  beside: (p) => (
    <p class="beside">
      {p.model.summary.failed === 0 ? T.none : `${T.failed}:`} <Num path="failed" unit="count" /> {T.of} <Num path="patients" unit="count" />
      {p.model.summary.failed > 0 && `. ${T.left}`}
    </p>
  ),
  caption(p) {
    const n = count(p.model.summary.replicates), k = list(p).length;
    return [k ? T.caption.replace("{n}", n).replace("{k}", count(k)) : T.zero.replace("{n}", n), k < p.model.summary.failed ? T.first.replace("{k}", count(k)).replace("{n}", count(p.model.summary.failed)) : ""].filter(Boolean).join(T.space);
  },
  table(p) {
    const all = shown(p);
    if (!all.length) {
      return { columns: [{ label: T.arm }, { label: T.failed, number: true }], rows: p.model.summary.arms.map((a, i) => [a.name, { show: <Num path={`arms.${i}.failed`} unit="count" />, raw: a.failed }]) };
    }
    return {
      columns: [{ label: T.replicate }, { label: T.patient }, { label: T.arm }, { label: T.day, number: true }, { label: T.state }, { label: T.reason }],
      rows: all.map((f) => [f.replicate, f.patient, f.arm, { show: significant(f.day), raw: f.day }, f.state, f.reason]),
    };
  },
  fixed: true,
};
