/* What the survival figures draw: of all replicates as summary.json has it, or Kaplan-Meier of the patients looked at. */
import type { Curve as SummaryCurve } from "../data";
import { kaplanMeier, rowsUntil, standing, survivalAt, type Curve, type Times } from "../stats/km";
import { timesOf, type TimeKind } from "../score/tally";
import { shownArms } from "../select";
import type { Page } from "../ui/context";

export type Kind = TimeKind;

/** The endpoint as summary.json calls it. */
export function endpointOf(p: Page, kind: Kind): string {
  return kind === "os" ? "OS" : kind === "dor" ? "DoR" : p.model.recurrence ? "RFS" : "PFS";
}

interface Standing {
  atRisk: number;
  events: number;
  censored: number;
}
export interface ArmCurve {
  arm: number;
  n: number;
  events: number;
  /** S from each day on, ascending, beginning with 1 on day 0. */
  day: number[];
  survival: number[];
  end: number; // last day that the curve is drawn to
  band: { day: number[]; low: number[]; high: number[] };
  ticks: Map<number, Standing> | null; // known on these days only; null: on any
  censored: [number, number][]; // single patients: day, S
  path: string | null; // of summary.json
  km: Curve | null;
}

const orNaN = (x: number | null) => (x === null ? NaN : x);

/** Curve `index` of a summary, drawn as arm `arm`. */
export function fromSummary(c: SummaryCurve, index: number, arm: number): ArmCurve {
  const last = c.survival.reduce<number>((at, s, i) => (s !== null ? i : at), 0);
  return {
    arm, n: c.patients, events: c.events,
    day: c.day.slice(0, last + 1), survival: c.survival.slice(0, last + 1).map(orNaN), end: c.day[last] ?? 0,
    band: { day: c.band.day, low: c.band.low.map(orNaN), high: c.band.high.map(orNaN) },
    ticks: new Map(c.ticks.map((t) => [t.day, { atRisk: t.at_risk, events: t.events, censored: t.censored }])),
    censored: [], path: `survival.${index}`, km: null,
  };
}

/** Times of one arm among the selected patients; days. */
export function armTimes(p: Page, kind: Kind, arm: number): Times {
  return timesOf(p.scores!, kind, p.selection.rows.filter((r) => p.model.patients!.arm[r] === arm));
}

const SINGLE = 400; // more ticks of censored patients than this are a smear

/** Rows of a curve that are drawn: as for the summary's, up to where fewer than one patient in fifty is at risk, unless nearly all have
 * had the event. At a study's end those without one leave with their last visit, and the few who die before its last day would
 * pull the curve down. */
export function drawnRows(km: Curve): number {
  for (let i = 0; i < km.time.length; i++) if (km.atRisk[i] * 50 < km.n && (i ? km.survival[i - 1] : 1) > 0.04) return i;
  return km.time.length;
}

function fromPatients(p: Page, kind: Kind, arm: number): ArmCurve {
  const km = kaplanMeier(armTimes(p, kind, arm)), rows = drawnRows(km), cut = (x: number[]) => x.slice(0, rows);
  const at: [number, number][] = cut(km.time).flatMap((t, i) => (km.censored[i] ? [[t, km.survival[i]] as [number, number]] : []));
  const day = [0, ...cut(km.time)];
  return {
    arm, n: km.n, events: km.events, day, survival: [1, ...cut(km.survival)], end: day[day.length - 1],
    band: { day, low: [NaN, ...cut(km.lower)], high: [NaN, ...cut(km.upper)] },
    ticks: null, censored: at.length <= SINGLE ? at : [], path: null, km,
  };
}

/** Curves of one choice of patients, made once: drawing, caption and tables ask for them. */
const made = new WeakMap<object, Map<Kind, ArmCurve[]>>();

/** Is this Kaplan-Meier of patients in the page? So is the only replicate of a run, which has no band over replicates. */
export function ofPatients(p: Page): boolean {
  if (p.selection.source === "patients") return true;
  const m = p.model.patients;
  return !!m && p.model.summary.replicates === 1 && m.size >= m.planned;
}

export function curvesOf(p: Page, kind: Kind): ArmCurve[] {
  const known = made.get(p.selection)?.get(kind);
  if (known) return known;
  const shown = shownArms(p.model, p.view), name = endpointOf(p, kind);
  const all = !ofPatients(p)
    ? p.model.summary.survival.flatMap((c, i) => (c.endpoint === name && shown.includes(p.model.armIndex(c.arm)) ? [fromSummary(c, i, p.model.armIndex(c.arm))] : []))
    : shown.map((arm) => fromPatients(p, kind, arm));
  const out = all.filter((c) => c.n > 0).sort((a, b) => a.arm - b.arm);
  if (!made.has(p.selection)) made.set(p.selection, new Map());
  made.get(p.selection)!.set(kind, out);
  return out;
}

/** S on a day; NaN behind the end of the curve. */
export function heightAt(c: ArmCurve, day: number): number {
  if (day > c.end + 1e-6) return NaN;
  if (c.km) return survivalAt(c.km, day).value;
  let low = 0, high = c.day.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (c.day[mid] <= day + 1e-6) low = mid + 1;
    else high = mid;
  }
  return low ? c.survival[low - 1] : 1;
}

/** The band on a day; NaN where there is none. Of all replicates it is known on some days: between them it moves as the curve does,
 * since both fall at visits. */
export function bandAt(c: ArmCurve, day: number): [number, number] {
  if (c.km) {
    const i = rowsUntil(c.km, day, true) - 1;
    return i < 0 ? [NaN, NaN] : [c.km.lower[i], c.km.upper[i]];
  }
  const { day: d, low, high } = c.band, i = d.findIndex((x) => x >= day - 1e-6);
  if (i < 0) return [NaN, NaN];
  if (i === 0 || d[i] <= day + 1e-6) return [low[i], high[i]];
  const before = heightAt(c, d[i - 1]), fall = before - heightAt(c, d[i]);
  const f = fall > 0 ? (before - heightAt(c, day)) / fall : (day - d[i - 1]) / (d[i] - d[i - 1]);
  return [low[i - 1] + f * (low[i] - low[i - 1]), high[i - 1] + f * (high[i] - high[i - 1])];
}

/** Who is at risk on a day; null where the summary does not say. */
export function standingAt(c: ArmCurve, day: number): Standing | null {
  return c.km ? standing(c.km, day) : (c.ticks?.get(day) ?? null);
}
