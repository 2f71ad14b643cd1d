/* The numbers beside a survival curve: of all replicates from summary.json, else computed for the patients looked at. */
import type { Measure } from "../data";
import { interval, MONTH, pvalue, significant, value } from "../format";
import { centre, limits } from "../measure";
import { shownArms } from "../select";
import { hazardRatio, logRank } from "../stats/compare";
import { kaplanMeier, quantile, survivalAt, type Estimate } from "../stats/km";
import { usePage, type Page } from "../ui/context";
import { Count, Interval, Num } from "../ui/num";
import { fill, words } from "../words";
import type { ComponentChildren } from "preact";
import { armTimes, curvesOf, endpointOf, ofPatients, type Kind } from "./survival_data";

const T = words({
  of: ["of all replicates", "全部重复"],
  ofLone: ["of the only replicate", "唯一一次重复"],
  ofPatients: ["computed in this page, of the patients looked at", "本页就所选患者计算"],
  n: ["patients", "患者数"],
  events: ["with an event", "发生事件"],
  median: ["median [95 %]", "中位数 [95 %]"],
  at: ["at {t} months [95 %]", "{t} 个月时 [95 %]"],
  atDays: ["at {t} days [95 %]", "{t} 天时 [95 %]"],
  hazard: ["hazard ratio [95 %]", "风险比 HR [95 %]"],
  hazardAgainst: ["hazard ratio against {arm} [95 %]", "风险比 HR，对比 {arm} [95 %]"],
  against: ["against {arm}", "对比 {arm}"],
  p: ["log-rank p", "对数秩检验 p 值"],
  power: ["replicates with log-rank p < 0.05", "对数秩检验 p < 0.05 的重复占比"],
});

interface Line {
  label: ComponentChildren;
  cells: ComponentChildren[];
}

/** Days for which the summary has a share, of this endpoint. */
function daysOf(p: Page, kind: Kind): number[] {
  const list = p.model.summary.arms[0]?.endpoints.filter((m) => m.endpoint === `${endpointOf(p, kind)}_at` && !m.label) ?? [];
  const days = [...new Set(list.map((m) => m.at_day!))].sort((a, b) => a - b);
  return days.length || kind !== "dor" ? days : [6, 12, 24].map((m) => m * MONTH).filter((d) => d < p.model.summary.horizon_day);
}
function atLabel(day: number): string {
  const months = day / MONTH;
  return months >= 1 ? fill(T.at, { t: significant(months) }) : fill(T.atDays, { t: significant(day) });
}

/** Where the arm is compared with another one: index of the comparison in the summary. */
function comparisonOf(p: Page, arm: number): number {
  const name = p.model.arms[arm];
  return p.model.summary.comparisons.findIndex((c) => c.arm === name && c.against !== name && c.measures.some((m) => m.endpoint.endsWith("_hazard_ratio")));
}

function fromSummary(p: Page, kind: Kind, arms: number[]): Line[] {
  const s = p.model.summary, name = endpointOf(p, kind), none = "–";
  const curve = (arm: number) => s.survival.findIndex((c) => c.endpoint === name && c.arm === p.model.arms[arm]);
  const cell = (path: string, m: Measure | undefined) => {
    if (!m) return none;
    const [low, high] = limits(m);
    return <Interval x={`${path}.${centre(m)}`} low={`${path}.${low}`} high={`${path}.${high}`} unit={m.unit} />;
  };
  const endpoint = (arm: number, wanted: string, day?: number) => {
    const k = s.arms[arm].endpoints.findIndex((m) => m.endpoint === wanted && !m.label && (day === undefined || m.at_day === day));
    return cell(`arms.${arm}.endpoints.${k}`, s.arms[arm].endpoints[k]);
  };
  const measure = (arm: number, wanted: string, show: (path: string, m: Measure) => ComponentChildren) => {
    const c = comparisonOf(p, arm), k = c < 0 ? -1 : s.comparisons[c].measures.findIndex((m) => m.endpoint === wanted && !m.label);
    return k < 0 ? "" : show(`comparisons.${c}.measures.${k}`, s.comparisons[c].measures[k]);
  };
  const whole = (key: string) => arms.map((a) => (curve(a) < 0 ? none : <Count path={`survival.${curve(a)}.${key}`} />));
  const out: Line[] = [
    { label: T.n, cells: whole("patients") },
    { label: T.events, cells: whole("events") },
    { label: T.median, cells: arms.map((a) => endpoint(a, name)) },
    ...(kind === "dor" ? [] : daysOf(p, kind).map((d) => ({ label: atLabel(d), cells: arms.map((a) => endpoint(a, `${name}_at`, d)) }))),
  ];
  if (kind === "dor" || !arms.some((a) => comparisonOf(p, a) >= 0)) return out;
  out.push({ label: hazardLabel(p, arms), cells: arms.map((a) => measure(a, `${name}_hazard_ratio`, (path, m) => <>{cell(path, m)}{ownLimits(p, kind, a)}{against(p, arms, a)}</>)) });
  const many = s.replicates > 1;
  out.push({
    label: many ? T.power : T.p,
    cells: arms.map((a) => measure(a, `${name}_logrank_p`, (path) => <Num path={`${path}.${many ? "share_below_0.05" : "mean"}`} unit={many ? "share" : "p"} />)),
  });
  return out;
}

/** The limits of a lone replicate's hazard ratio, which the summary does not have: computed here, of the same patients. */
function ownLimits(p: Page, kind: Kind, arm: number): ComponentChildren {
  const r = p.model.reference(arm);
  if (p.selection.source === "patients" || !ofPatients(p) || !shownArms(p.model, p.view).includes(r)) return null;
  const h = hazardRatio(armTimes(p, kind, arm), armTimes(p, kind, r));
  return Number.isFinite(h.lower) ? <span class="interval"> [{significant(h.lower)}, {significant(h.upper)}]</span> : null;
}
/** The one arm that all are compared with; -1: several. */
function reference(p: Page, arms: number[]): number {
  const all = [...new Set(arms.map((a) => p.model.reference(a)).filter((r) => r >= 0))];
  return all.length === 1 ? all[0] : -1;
}
function hazardLabel(p: Page, arms: number[]): string {
  const r = reference(p, arms);
  return r < 0 ? T.hazard : fill(T.hazardAgainst, { arm: p.model.arms[r] });
}
function against(p: Page, arms: number[], arm: number): ComponentChildren {
  if (reference(p, arms) >= 0) return null;
  return <> <span class="note">{fill(T.against, { arm: p.model.arms[p.model.reference(arm)] })}</span></>;
}

function fromPatients(p: Page, kind: Kind, arms: number[]): Line[] {
  const times = new Map(arms.map((a) => [a, armTimes(p, kind, a)]));
  const made = curvesOf(p, kind), none = kaplanMeier({ time: [], event: [] });
  const curves = new Map(arms.map((a) => [a, made.find((c) => c.arm === a)?.km ?? none]));
  // While nobody has had an event the variance is 0 and says nothing: no interval rather than one without width.
  const told = (e: Estimate, unit: string) => (unit === "share" && e.value === 1 ? value(1, unit) : interval(e.value, e.lower, e.upper, unit));
  const out: Line[] = [
    { label: T.n, cells: arms.map((a) => String(curves.get(a)!.n)) },
    { label: T.events, cells: arms.map((a) => String(curves.get(a)!.events)) },
    { label: T.median, cells: arms.map((a) => told(quantile(curves.get(a)!), "day")) },
    ...daysOf(p, kind).filter((d) => d <= (p.view.rules.cutoff ?? Infinity)).map((d) => ({ label: atLabel(d), cells: arms.map((a) => told(survivalAt(curves.get(a)!, d), "share")) })),
  ];
  const other = (a: number) => {
    const r = p.model.reference(a);
    return r >= 0 && curves.get(a)!.n && curves.get(r)?.n ? times.get(r)! : null;
  };
  if (kind === "dor" || !arms.some((a) => other(a))) return out;
  const compare = (a: number, show: (r: NonNullable<ReturnType<typeof other>>) => ComponentChildren) => {
    const r = other(a);
    return r ? show(r) : "";
  };
  out.push({ label: hazardLabel(p, arms), cells: arms.map((a) => compare(a, (r) => {
    const h = hazardRatio(times.get(a)!, r);
    return <>{h.ratio === Infinity ? "∞" : interval(h.ratio, h.lower, h.upper, "1")}{against(p, arms, a)}</>;
  })) });
  out.push({ label: T.p, cells: arms.map((a) => compare(a, (r) => p3(logRank(times.get(a)!, r).p))) });
  return out;
}
const p3 = (x: number) => (Number.isFinite(x) ? pvalue(x) : value(null, "1"));

export function SurvivalNumbers({ kind }: { kind: Kind }) {
  const p = usePage(), arms = shownArms(p.model, p.view), summary = p.selection.source === "summary";
  if (!arms.length) return null;
  const lines = summary ? fromSummary(p, kind, arms) : fromPatients(p, kind, arms);
  const title = !summary ? T.ofPatients : p.model.summary.replicates > 1 ? T.of : T.ofLone;
  return (
    <div class="table" tabIndex={0} role="region" aria-label={`${endpointOf(p, kind)}: ${title}`}>
      <table class={arms.length > 3 ? "beside many" : "beside"}>
        <thead><tr><th scope="col"><span class="note">{title}</span></th>{arms.map((a) => <th scope="col">{p.model.arms[a]}</th>)}</tr></thead>
        <tbody>{lines.map((l) => <tr><th scope="row">{l.label}</th>{l.cells.map((c) => <td>{c}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
