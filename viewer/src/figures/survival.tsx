/* Survival: progression-free (recurrence-free) and overall survival, duration of response. */
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import type { Cell } from "../ui/table";
import { count, fixed } from "../format";
import { shownArms } from "../select";
import { Num } from "../ui/num";
import { TimeZoom } from "../ui/zoom";
import { fill, words } from "../words";
import { bandAt, curvesOf, endpointOf, heightAt, ofPatients, standingAt, type ArmCurve, type Kind } from "./survival_data";
import { horizonOf } from "./horizon";
import { whom } from "./whom";
import { drawSurvival, type Published, type PublishedShare } from "./survival_draw";
import { SurvivalNumbers } from "./survival_numbers";

const T = words({
  pfs: ["Progression-free survival (PFS)", "无进展生存期（PFS）"],
  rfs: ["Recurrence-free survival (RFS)", "无复发生存期（RFS）"],
  os: ["Overall survival (OS)", "总生存期（OS）"],
  dor: ["Duration of response (DoR)", "缓解持续时间（DoR）"],
  pfsAxis: ["alive without progression, %", "存活且无进展，%"],
  timeToProgression: ["without progression, %", "无进展，%"],
  rfsAxis: ["alive without recurrence, %", "存活且无复发，%"],
  osAxis: ["alive, %", "存活，%"],
  dorAxis: ["still in response, %", "仍在缓解中，%"],
  pooled: [
    "Curve: Kaplan-Meier of all {n} patients of {r} replicates together. Band: the central 95 % of the curves of single replicates, which is what trials of this size would show given all that is unknown; computed on {d} days, between them it follows the curve. Below: means over replicates of those at risk just before the time, and of those censored and with an event up to it.",
    "曲线：{r} 次重复全部 {n} 名患者合并的 Kaplan-Meier 估计。色带：单次重复曲线的中央 95 %，即在全部未知因素下同等规模试验可能呈现的范围；在 {d} 个时间点计算，其间随曲线变化。下方：各时间点前在险人数、截至该时间点的删失数与事件数在各重复中的均值。",
  ],
  lone: [
    "Curve: Kaplan-Meier of the {n} patients of the only replicate. Below: those at risk just before the time, and those censored and with an event up to it.",
    "曲线：唯一一次重复的 {n} 名患者的 Kaplan-Meier 估计。下方：各时间点前的在险人数，以及截至该时间点的删失数与事件数。",
  ],
  patients: [
    "Curve: Kaplan-Meier. Band: 95 % limits (log-log). Below: those at risk just before the time, and those censored and with an event up to it.",
    "曲线：Kaplan-Meier 估计。色带：95 % 置信限（log-log 变换）。下方：各时间点前的在险人数，以及截至该时间点的删失数与事件数。",
  ],
  short: ["A curve is drawn as long as one patient in fifty is at risk.", "在险患者不足五十分之一时曲线不再绘出。"],
  mixed: ["The replicates that are pooled differ in what is unknown: limits and tests know of chance among patients alone.", "合并的各次重复在未知因素上取值不同：置信限与检验仅反映患者间的随机性。"],
  paired: ["The arms are the same people: tests and limits of the hazard ratio, which take them for different ones, are too cautious.", "各组为同一批患者：检验与风险比的置信限将其视为不同的人，因而偏于保守。"],
  ticks: ["Strokes on a curve: patients censored there.", "曲线上的短竖线：在该处删失的患者。"],
  noTicks: ["Censored patients are too many for a stroke each.", "删失患者过多，不逐一标出。"],
  visits: ["Progression is found at visits, so that the curve falls in steps, and a band is wide where few are left.", "进展仅在访视时发现，因此曲线呈阶梯状下降；剩余患者少处色带较宽。"],
  recurrence: ["Recurrence is found at visits, so that the curve falls in steps.", "复发仅在访视时发现，因此曲线呈阶梯状下降。"],
  responders: ["Only responders, from their first response on: arms differ in who they are, so that a difference here is no effect of treatment.", "仅包括缓解者，自首次缓解起计：各组缓解者构成不同，此处的差异不代表治疗效应。"],
  published: ["Bars across the line at 50 %: published medians ({sources}).", "50 % 线上的短竖线：已发表的中位数（{sources}）。"],
  publishedShares: ["Diamonds: published shares at a time, with their interval where one is known ({sources}).", "菱形：已发表的某时间点比例，附已知的区间（{sources}）。"],
  censoredDeaths: ["Deaths without progression are censored: this is the time to progression.", "无进展的死亡按删失处理：即至进展时间。"],
  arm: ["arm", "组别"],
  day: ["day", "天"],
  survival: ["survival, %", "生存率，%"],
  low: ["band, low, %", "下限，%"],
  high: ["band, high, %", "上限，%"],
  atRisk: ["at risk", "在险"],
  censored: ["censored", "删失"],
  events: ["events", "事件"],
});

function deathsCensored(p: Page): boolean {
  return (p.view.rules.deaths ?? p.model.run.study.assess.deaths) === "censored";
}
export function axisLabel(p: Page, kind: Kind): string {
  if (kind === "os") return T.osAxis;
  if (kind === "dor") return T.dorAxis;
  return deathsCensored(p) ? T.timeToProgression : p.model.recurrence ? T.rfsAxis : T.pfsAxis;
}

/** What is published of this endpoint, of the arms that are shown: medians, and shares at a time. */
function publishedOf(p: Page, kind: Kind): { medians: (Published & { source: string })[]; shares: (PublishedShare & { source: string })[] } {
  const name = endpointOf(p, kind), arms = shownArms(p.model, p.view);
  const all = Object.values(p.model.summary.expectations).flatMap((role) => role.figures)
    .filter((f) => !f.against && !f.label && f.published !== null && arms.includes(p.model.armIndex(f.arm)))
    .map((f) => ({ f, arm: p.model.armIndex(f.arm), source: f.source }));
  return {
    medians: all.filter(({ f }) => f.endpoint === name && f.at_day === undefined).map(({ f, ...x }) => ({ ...x, day: f.published! })),
    shares: all.filter(({ f }) => f.endpoint === `${name}_at` && f.at_day !== undefined)
      .map(({ f, ...x }) => ({ ...x, day: f.at_day!, share: f.published!, low: f.published_low, high: f.published_high })),
  };
}

function caption(p: Page, kind: Kind): string {
  const curves = curvesOf(p, kind), n = curves.reduce((a, c) => a + c.n, 0), r = p.model.summary.replicates, parts: string[] = [];
  if (ofPatients(p)) parts.push(whom(p, n), T.patients);
  else parts.push(fill(r > 1 ? T.pooled : T.lone, { n: count(n), r: count(r), d: curves[0]?.band.day.length ?? 0 }));
  if (ofPatients(p) && curves.some((c) => c.n > c.events)) parts.push(curves.every((c) => c.censored.length || c.n === c.events) ? T.ticks : T.noTicks);
  if (ofPatients(p) && curves.some((c) => c.end < c.km!.time[c.km!.time.length - 1])) parts.push(T.short);
  if (p.selection.source === "patients" && p.selection.replicates > 1) parts.push(T.mixed);
  if (p.model.run.study.allocation === "paired" && curves.length > 1 && kind !== "dor") parts.push(T.paired);
  if (kind === "pfs") parts.push(p.model.recurrence ? T.recurrence : T.visits);
  if (kind === "dor") parts.push(T.responders);
  if (kind !== "os" && deathsCensored(p)) parts.push(T.censoredDeaths);
  const published = publishedOf(p, kind);
  const sources = (list: { source: string }[]) => ({ sources: [...new Set(list.map((x) => x.source))].join("; ") });
  if (published.medians.length) parts.push(fill(T.published, sources(published.medians)));
  if (published.shares.length) parts.push(fill(T.publishedShares, sources(published.shares)));
  return parts.join(T.arm === "arm" ? " " : "");
}

/** Rows of the table: every step of a patients' curve; of all replicates the days on which band or numbers are known. */
function daysOf(c: ArmCurve): number[] {
  if (c.km) return c.km.time;
  return [...new Set([...c.band.day.filter((d) => d <= c.end + 1e-6), ...c.ticks!.keys()])].sort((a, b) => a - b);
}

function rowsOf(p: Page, c: ArmCurve): Cell[][] {
  const known = p.model.summary.survival[Number(c.path?.split(".")[1] ?? -1)];
  const percent = (x: number): Cell => (Number.isFinite(x) ? { show: fixed(100 * x, 1), raw: 100 * x } : null);
  return daysOf(c).map((d) => {
    const s = standingAt(c, d), k = known ? known.ticks.findIndex((t) => t.day === d) : -1;
    const [low, high] = bandAt(c, d), on = c.km || c.band.day.some((x) => Math.abs(x - d) < 1e-6);
    const cell = (key: "at_risk" | "censored" | "events", x: number | undefined): Cell => (x === undefined ? null : k < 0 ? x : { show: <Num path={`${c.path}.ticks.${k}.${key}`} />, raw: x });
    return [p.model.arms[c.arm], { show: fixed(d, 1), raw: d }, percent(heightAt(c, d)), on ? percent(low) : null, on ? percent(high) : null,
      cell("at_risk", s?.atRisk), cell("censored", s?.censored), cell("events", s?.events)];
  });
}

function survivalFigure(id: string, kind: Kind, endpoint: string, title: () => string): FigureSpec {
  return {
    id,
    title,
    present: (p) => endpointOf(p, kind) === endpoint && p.model.summary.survival.some((c) => c.endpoint === endpoint && c.patients > 0),
    beside: (p) => (
      <>
        <SurvivalNumbers kind={kind} />
        <TimeZoom horizon={horizonOf(p)} hint={kind === "pfs"} />
      </>
    ),
    draw: (p, width) => {
      const curves = curvesOf(p, kind);
      return curves.length ? [drawSurvival(p, { curves, published: publishedOf(p, kind).medians, shares: publishedOf(p, kind).shares, horizon: horizonOf(p), label: axisLabel(p, kind) }, width)] : [];
    },
    caption: (p) => caption(p, kind),
    table: (p) => ({
      columns: [{ label: T.arm }, ...[T.day, T.survival, T.low, T.high, T.atRisk, T.censored, T.events].map((label) => ({ label, number: true }))],
      rows: curvesOf(p, kind).flatMap((c) => rowsOf(p, c)),
    }),
  };
}

export const survivalCurves: FigureSpec[] = [
  survivalFigure("survival-pfs", "pfs", "PFS", () => T.pfs),
  survivalFigure("survival-rfs", "pfs", "RFS", () => T.rfs),
  survivalFigure("survival-os", "os", "OS", () => T.os),
  survivalFigure("survival-dor", "dor", "DoR", () => T.dor),
];
