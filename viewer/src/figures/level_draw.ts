/* The drawing of levels in blood: lines of patients, the middle 90 %, the median. */
import * as Plot from "@observablehq/plot";
import { MONTH, significant, unitText } from "../format";
import type { Page } from "../ui/context";
import { plot, ticksOf } from "../ui/plot";
import { fill, words } from "../words";
import { drawKey, layoutKey, textWidth, type KeyItem } from "./key";
import { decades, onAxis, type ArmLevels, type LevelAxis, type Quantity, type Track } from "./levels";

const T = words({
  time: ["time, {unit}", "时间，{unit}"],
  days: ["days", "天"],
  months: ["months", "月"],
  less: ["≤ {x}", "≤ {x}"],
  tip: ["{arm}, day {d}\nmedian {m}\n5 to 95 %: {a} to {b}\nn {n}", "{arm}，第 {d} 天\n中位数 {m}\n5–95 %：{a} 至 {b}\nn {n}"],
});

interface LevelTime {
  scale: (day: number) => number;
  unit: string;
  domain: [number, number];
  ticks: (about: number) => number[];
}
/** Single days, then whole weeks. */
function dayTicks([from, to]: [number, number], about: number): number[] {
  const step = [1, 2, 7, 14, 28, 56, 84, 168, 364].find((s) => (to - from) / s <= about) ?? (to - from) / about;
  const out: number[] = [];
  for (let x = Math.ceil(from / step) * step; x <= to + 1e-9; x += step) out.push(x);
  return out;
}
/** Blood is taken for a while only: the reader's zoom counts where it lies inside of that. */
export function levelTime(p: Page, days: number[], early: boolean): LevelTime {
  const start = Math.min(0, ...days), last = Math.max(...days, 1);
  const end = early ? Math.max(...days.filter((d) => d <= 28), 1) : last;
  const v = p.view;
  const from = v.from !== null && v.from > start && v.from < end ? v.from : start;
  const to = v.to !== null && v.to > from && v.to < end ? v.to : end;
  const month = v.unit === "month" || (v.unit === "auto" && to - from > 370);
  const scale = (day: number) => (month ? day / MONTH : day);
  const domain: [number, number] = [scale(from), scale(to)];
  return { scale, unit: month ? T.months : T.days, domain, ticks: (about) => (month ? ticksOf(domain, about) : dayTicks(domain, about)) };
}

export interface Published {
  day: number;
  value: number;
  low: number | null;
  high: number | null;
}
interface LevelPanel {
  quantity: Quantity;
  arms: ArmLevels[];
  tracks: Track[]; // of a panel with one arm
  axis: LevelAxis;
  time: LevelTime;
  head: KeyItem[];
  key: KeyItem[];
  doseDays: number[];
  published: Published[];
  lloq: number | null;
  width: number;
  height: number; // without head and key
}

/** So many arms at most are drawn with their bands in one panel. */
export const BANDS = 3;

interface At {
  x: number;
  low: number;
  mid: number;
  high: number;
  none: boolean; // nothing at all, on an axis that has no 0: a point without lines to it
  text: string;
}
const joined = (d: At, y: number): number => (d.none ? NaN : y);

function series(p: Page, l: LevelPanel, a: ArmLevels): At[] {
  const t = l.time;
  const show = (x: number) => significant(x);
  return a.day.map((d, i) => ({
    x: t.scale(d), none: l.axis.log && a.q95[i] === 0, low: onAxis(l.axis, a.q05[i]), mid: onAxis(l.axis, a.q50[i]), high: onAxis(l.axis, a.q95[i]),
    text: fill(T.tip, { arm: p.model.arms[a.arm], d: show(d), m: show(a.q50[i]), a: show(a.q05[i]), b: `${show(a.q95[i])} ${unitText(l.quantity.unit)}`.trim(), n: a.n[i] }),
  }));
}

function armMarks(p: Page, l: LevelPanel, a: ArmLevels): Plot.Markish[] {
  const at = series(p, l, a), colour = p.model.colour(a.arm);
  const inside = at.filter((d) => Number.isFinite(d.mid) && d.x >= l.time.domain[0] - 1e-9 && d.x <= l.time.domain[1] + 1e-9);
  return [
    ...(l.arms.length > BANDS ? [] : [Plot.areaY(at, { x: "x", y1: (d: At) => joined(d, d.low), y2: (d: At) => joined(d, d.high), fill: colour, fillOpacity: l.arms.length > 2 ? 0.1 : 0.16, clip: true })]),
    Plot.line(at, { x: "x", y: (d: At) => joined(d, d.mid), stroke: colour, strokeWidth: 2.4, strokeDasharray: p.model.dash(a.arm) || undefined, clip: true }),
    Plot.dot(inside, { x: "x", y: "mid", r: 2.6, fill: colour }),
    Plot.tip(inside, Plot.pointer({ x: "x", y: "mid", title: "text" })),
  ];
}

function publishedMarks(l: LevelPanel): Plot.Markish[] {
  const seen = l.published.map((d) => ({ x: l.time.scale(d.day), y: onAxis(l.axis, d.value), low: onAxis(l.axis, d.low ?? d.value), high: onAxis(l.axis, d.high ?? d.value) })).filter((d) => d.x >= l.time.domain[0] && d.x <= l.time.domain[1]);
  return [
    Plot.ruleX(seen, { x: "x", y1: "low", y2: "high", stroke: "currentColor", strokeWidth: 1.6, marker: "tick" as never }),
    Plot.dot(seen, { x: "x", y: "y", symbol: "diamond", r: 5, fill: "currentColor", stroke: "var(--ground)" }),
  ];
}

export function drawLevels(p: Page, l: LevelPanel): SVGSVGElement {
  const { axis, time, width } = l;
  const rows = [layoutKey(l.head, 0, width).height, layoutKey(l.key, 0, width).height];
  const top = rows[0] + rows[1] + (l.doseDays.length ? 20 : 10);
  const ticks = axis.log ? decades(axis, l.height > 200 ? 8 : 5) : undefined;
  const lines = l.tracks.flatMap((t) => t.points.map((d) => ({ row: t.row, x: time.scale(d.day), y: axis.log && d.level === 0 ? NaN : onAxis(axis, Math.min(d.level, axis.domain[1])) })));
  const tickText = (x: number) => (axis.log && Math.abs(x / axis.floor - 1) < 1e-9 ? fill(T.less, { x: significant(x) }) : significant(x));
  const left = Math.max(48, ...(ticks ?? axis.domain).map((x) => textWidth(tickText(x), 13) + 14));
  const colour = l.arms.length ? p.model.colour(l.arms[0].arm) : "currentColor";
  const doses = l.doseDays.map((d) => time.scale(d)).filter((x) => x >= time.domain[0] && x <= time.domain[1]);
  const svg = plot({
    width, height: l.height + rows[0] + rows[1], marginTop: top, marginBottom: 40, marginLeft: left, marginRight: 16,
    x: { label: fill(T.time, { unit: time.unit }), labelAnchor: "center", labelArrow: "none", domain: time.domain, ticks: time.ticks(width > 600 ? 14 : 6) },
    y: { type: axis.log ? "log" : "linear", domain: axis.domain, label: null, grid: true, ticks, tickFormat: tickText },
    marks: [
      Plot.line(lines, { x: "x", y: "y", z: "row", stroke: colour, strokeOpacity: 0.28, strokeWidth: 1, clip: true }),
      ...l.arms.flatMap((a) => armMarks(p, l, a)),
      ...(l.lloq !== null && l.lloq >= axis.domain[0] && l.lloq <= axis.domain[1] ? [Plot.ruleY([l.lloq], { stroke: "currentColor", strokeDasharray: "2 4" })] : []),
      ...publishedMarks(l),
      ...(doses.length ? [Plot.dot(doses, { x: (d: number) => d, frameAnchor: "top", dy: -7, symbol: "triangle", rotate: 180, r: 3.4, fill: "currentColor" } as Plot.DotOptions)] : []),
    ],
  });
  drawKey(svg, l.head, 0, width, 2);
  drawKey(svg, l.key, 0, width, rows[0] + 2);
  return svg;
}
