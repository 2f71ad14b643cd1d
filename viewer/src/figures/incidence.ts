/* Counted events of harm over time: cumulative incidence, death competing. summary.json has how many, not when, so that these
 * are always of the patients in the page. */
import * as Plot from "@observablehq/plot";
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import { count, fixed } from "../format";
import { harmName } from "../names";
import { shownArms } from "../select";
import { cumulativeIncidence, type Incidence } from "../stats/cuminc";
import { clockOf, inUnit, type Clock } from "../ui/clock";
import { plot, ticksOf } from "../ui/plot";
import { fill, words } from "../words";
import { horizonOf } from "./horizon";
import { drawKey, layoutKey, type KeyItem } from "./key";
import { whom } from "./whom";

const T = words({
  title: ["Counted events over time (cumulative incidence)", "事件随时间的累积发生率"],
  axis: ["% of patients", "患者占比 %"],
  caption: [
    "Share of patients who have had the event by a time, death competing (Aalen-Johansen): who has died can no longer have it. Each patient has an event at most once. The table has those at risk at each change.",
    "截至某时间发生该事件的患者比例，死亡为竞争事件（Aalen-Johansen 估计）：已死亡者不会再发生该事件。每名患者每种事件最多计一次。数据表列出每次变化时的在险人数。",
  ],
  all: ["Of all {n} patients in this page, {k} replicates pooled.", "本页全部 {n} 名患者，{k} 次重复合并。"],
  label: ["{arm}: {k} of {n}", "{arm}：{k}/{n}"],
  tip: ["{arm}\n{t} {unit}: {p} %\n{n} at risk", "{arm}\n{t} {unit}：{p} %\n在险 {n}"],
  event: ["event", "事件"],
  arm: ["arm", "组别"],
  day: ["day", "天"],
  share: ["cumulative incidence, %", "累积发生率，%"],
  atRisk: ["at risk", "在险"],
});

/** As patients.csv names the column: what a formula cannot read is "_". */
const column = (event: string) => `EVENT_${event.replace(/[^A-Za-z0-9_]/g, "_")}`;

/** All replicates: everybody in the page stands in. */
function rowsOf(p: Page): number[] {
  const m = p.model.patients!;
  if (p.selection.source === "patients") return p.selection.rows;
  const shown = shownArms(p.model, p.view), out: number[] = [];
  for (let r = 0; r < m.patients.n; r++) if (!m.failed[r] && shown.includes(m.arm[r])) out.push(r);
  return out;
}

interface ArmIncidence {
  arm: number;
  of: Incidence;
}
function incidences(p: Page, event: string): ArmIncidence[] {
  const m = p.model.patients!, day = m.patients.numbers(column(event)), s = p.scores!, rows = rowsOf(p);
  return shownArms(p.model, p.view).flatMap((arm) => {
    const own = rows.filter((r) => m.arm[r] === arm && s.os[r] >= 0);
    const had = (r: number) => day[r] <= s.os[r];
    const of = cumulativeIncidence(own.map((r) => (had(r) ? Math.max(0, day[r]) : s.os[r])), own.map((r) => (had(r) ? 1 : s.osEvent[r] ? 2 : 0)));
    return own.length ? [{ arm, of }] : [];
  });
}
/** Events that somebody in this page has. */
function events(p: Page): string[] {
  const m = p.model.patients;
  return !m || !p.scores ? [] : p.model.summary.events.map((e) => e.event).filter((e) => m.patients.numbers(column(e)).some(Number.isFinite));
}

interface Point {
  x: number;
  y: number;
  title: string;
}
function points(p: Page, a: ArmIncidence, clock: Clock): Point[] {
  const [from, to] = clock.domain, { time, incidence, atRisk, n } = a.of, arm = p.model.arms[a.arm];
  const point = (day: number, share: number, risk: number): Point => ({
    x: inUnit(clock, day), y: 100 * share,
    title: fill(T.tip, { arm, t: fixed(inUnit(clock, day), 1), unit: clock.unit, p: fixed(100 * share, 1), n: risk }),
  });
  const before = time.filter((t) => t <= from).length - 1, last = time.filter((t) => t <= to).length - 1;
  const out = [point(from, before < 0 ? 0 : incidence[before], before < 0 ? n : atRisk[before])];
  for (let i = before + 1; i <= last; i++) if (incidence[i] !== (i ? incidence[i - 1] : 0)) out.push(point(time[i], incidence[i], atRisk[i]));
  if (last >= 0) out.push(point(Math.min(to, time[time.length - 1]), incidence[last], atRisk[last]));
  return out;
}

function panel(p: Page, event: string, width: number): SVGSVGElement {
  const clock = clockOf(p.view, horizonOf(p)), height = 190, left = 52, all = incidences(p, event);
  const curves = all.map((a) => ({ a, at: points(p, a, clock) }));
  const top = Math.max(1, 1.15 * Math.max(...curves.flatMap((c) => c.at.map((x) => x.y))));
  const key = curves.map(({ a }): KeyItem => ({ text: fill(T.label, { arm: p.model.arms[a.arm], k: a.of.events, n: count(a.of.n) }), sign: "line", colour: p.model.colour(a.arm), dash: p.model.dash(a.arm) }));
  const above = 24 + layoutKey(key, left, width - 8).height + 8, span = clock.domain.map((d) => inUnit(clock, d)) as [number, number];
  const svg = plot({
    width, height: above + height + 44, marginLeft: left, marginRight: 16, marginTop: above, marginBottom: 44,
    x: { domain: span, label: null },
    y: { domain: [0, top], label: null },
    marks: [
      Plot.text([harmName(event)], { frameAnchor: "top-left", dy: 8 - above, dx: -left, lineAnchor: "top", fontWeight: 600 }),
      Plot.gridY({ ticks: 4 }),
      Plot.axisY({ ticks: 4, label: T.axis, labelArrow: "none", labelAnchor: "center", labelOffset: 42 }),
      Plot.axisX(ticksOf(span, Math.max(2, Math.floor((width - left) / 60))), { label: clock.unit, labelArrow: "none", labelAnchor: "center", labelOffset: 36 }),
      Plot.ruleY([0]),
      ...curves.map(({ a, at }) => Plot.line(at, { x: "x", y: "y", curve: "step-after", stroke: p.model.colour(a.arm), strokeWidth: 2, strokeDasharray: p.model.dash(a.arm) || undefined })),
      Plot.tip(curves.flatMap((c) => c.at), Plot.pointer({ x: "x", y: "y", title: "title" })),
    ],
  });
  drawKey(svg, key, left, width - 8, 24);
  return svg;
}

export const incidence: FigureSpec = {
  id: "incidence",
  title: () => T.title,
  present: (p) => events(p).length > 0,
  draw: (p, width) => (rowsOf(p).length ? events(p).map((e) => panel(p, e, width)) : []),
  caption: (p) => {
    const n = rowsOf(p).length, stands = p.selection.source === "summary" && p.model.patients!.replicates > 1;
    return `${stands ? fill(T.all, { n: count(n), k: p.model.patients!.replicates }) : whom(p, n)} ${T.caption}`;
  },
  table: (p) => ({
    columns: [{ label: T.event }, { label: T.arm }, ...[T.day, T.share, T.atRisk].map((label) => ({ label, number: true }))],
    rows: events(p).flatMap((e) => incidences(p, e).flatMap((a) => a.of.time.flatMap((t, i) => {
      const x = a.of.incidence[i];
      return x === (i ? a.of.incidence[i - 1] : 0) ? [] : [[harmName(e), p.model.arms[a.arm], { show: fixed(t, 1), raw: t }, { show: fixed(100 * x, 2), raw: 100 * x }, a.of.atRisk[i]]];
    }))),
  }),
};
