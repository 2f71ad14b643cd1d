/* Differences of the main endpoints to the first run, with their Monte Carlo error. */
import { symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTimes, symbolTriangle, symbolWye } from "d3";
import type { ComparedFigure } from "../data";
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import { axis, axisMarks, el, extentOf, hover, lines, sheet, text, wrap, type Axis } from "../figures/draw";
import { fill, words } from "../words";
import { gapText, isNone, isUnreached, whyNot } from "./gap";
import { figureName, figuresOf, groupName, isComparison, isHeadline, letter, runColour, runLabel } from "./runs";

const T = words({
  title: ["Differences to the first run", "与第一个运行的差值"],
  caption: [
    "Each run less {a}, of all replicates: the difference, and the 95 % interval of its Monte Carlo error. Filled: beyond Monte Carlo error after adjustment for all figures of the two runs. Hollow: not. The line stands at no difference. A benefit of a share or of time lies to the right of it, of a hazard ratio to the left.",
    "各运行减去 {a}（全部重复）：差值及其蒙特卡罗误差的 95 % 区间。实心：对两次运行的全部指标校正后仍超出蒙特卡罗误差；空心：未超出。竖线为无差异。比例与时间的获益在线的右侧，风险比的获益在左侧。",
  ],
  share: ["Shares, difference in percentage points", "比例，差值（百分点）"],
  day: ["Times, difference in {u}", "时间，差值（{u}）"],
  ratio: ["Ratios, difference", "比值，差值"],
  points: ["points", "个百分点"],
  figure: ["figure", "指标"],
  group: ["arm", "组别"],
  run: ["run", "运行"],
  value: ["difference", "差值"],
  low: ["low, 95 %", "下限 95 %"],
  high: ["high, 95 %", "上限 95 %"],
  unit: ["unit", "单位"],
  n: ["replicates", "重复次数"],
  how: ["method", "方法"],
  p: ["p", "p"],
  holm: ["p, Holm", "p（Holm）"],
  beyond: ["beyond Monte Carlo error", "超出蒙特卡罗误差"],
  yes: ["yes", "是"],
  no: ["no", "否"],
  cannot: ["cannot say", "无法判断"],
});
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolStar, symbolCross, symbolWye, symbolTimes];

const kind = (f: ComparedFigure): "share" | "day" | "ratio" => (f.unit === "share" ? "share" : f.unit === "day" ? "day" : "ratio");
function rows(p: Page): { f: ComparedFigure; k: number }[] {
  return figuresOf(p).filter(({ f }) => isHeadline(f) && f.gaps.some((g, i) => g && g.value !== null && !isUnreached(f, i + 1)));
}
const laterRuns = (p: Page) => p.data.runs.map((_, i) => i).slice(1);

function mark(f: ComparedFigure, run: number, a: Axis, y: number, end: [number, number]): SVGElement | null {
  const g = f.gaps[run - 1];
  if (!g || g.value === null || isUnreached(f, run)) return null;
  const colour = runColour(run), clip = (x: number) => Math.min(end[1], Math.max(end[0], a.at(x))), t = gapText(f, run);
  const said = t && !isNone(g) ? `${t.value} ${t.unit} [${t.low}, ${t.high}]` : whyNot(f, run, letter(0));
  const shape = symbol(SHAPES[run % SHAPES.length], 62)()!;
  return el("g", {}, hover(`${figureName(f)}, ${groupName(f)}\n${letter(run)}: ${said}`),
    g.low !== null && g.high !== null && el("line", { x1: clip(g.low), x2: clip(g.high), y1: y, y2: y, stroke: colour, "stroke-width": 2 }),
    el("path", { d: shape, transform: `translate(${clip(g.value).toFixed(1)},${y})`, fill: g.beyond ? colour : "var(--ground)", stroke: colour, "stroke-width": 1.8 }));
}

function panel(p: Page, of: "share" | "day" | "ratio", width: number): SVGSVGElement | null {
  const list = rows(p).filter(({ f }) => kind(f) === of), runs = laterRuns(p);
  if (!list.length) return null;
  const extent = extentOf([0, ...list.flatMap(({ f }) => f.gaps.flatMap((g) => (g ? [g.value, g.low, g.high] : [])))], false)!;
  const low = Math.min(0, ...list.flatMap(({ f }) => f.gaps.flatMap((g) => (g ? [g.low ?? g.value ?? 0] : []))));
  const domain: [number, number] = [low < 0 ? Math.min(extent[0], low * 1.04) : 0 - 0.04 * extent[1], Math.max(extent[1], 0)];
  const wide = width >= 640, side = wide ? Math.min(300, width * 0.34) : 0, left = side + 12, right = width - 74, step = 15;
  const a = axis(domain, list[0].f.unit, false, left, right, width > 560 ? 7 : 4);
  if (of === "share") a.shown = { ...a.shown, unit: T.points };
  const g = el("g", {});
  let y = 30, before = "";
  for (const { f } of list) {
    if (groupName(f) !== before) {
      before = groupName(f);
      const head = wrap(before, width, 13, 2);
      g.append(lines(0, y + 12, head, { "font-weight": 600, stroke: "var(--ground)", "stroke-width": 3, "paint-order": "stroke" }));
      y += 16 * head.length + 6;
    }
    const name = wrap(figureName(f), wide ? side : width, 12.5, 2), tall = Math.max(runs.length * step, wide ? 15 * name.length : 0) + 6;
    g.append(lines(0, y + 12, name, { "font-size": 12.5, stroke: "var(--ground)", "stroke-width": 3, "paint-order": "stroke" }, 15));
    if (!wide) y += 15 * name.length + 2;
    runs.forEach((run, i) => {
      const m = mark(f, run, a, y + 8 + i * step, [left, right]);
      if (m) g.append(m);
    });
    y += tall;
  }
  const label = of === "share" ? T.share : of === "day" ? fill(T.day, { u: a.shown.unit }) : T.ratio;
  const zero = el("line", { x1: a.at(0), x2: a.at(0), y1: 30, y2: y, stroke: "currentColor", "stroke-opacity": 0.55 });
  return sheet(width, y + 30, lines(0, 14, wrap(label, width, 13.5, 1), { "font-weight": 700, "font-size": 13.5 }), zero, g, axisMarks(a, y + 2, right));
}

/** Which sign is which run. */
function keyPanel(p: Page, width: number): SVGSVGElement {
  const runs = laterRuns(p), parts = runs.map((run, i) => el("g", { transform: `translate(8,${12 + 20 * i})` },
    el("path", { d: symbol(SHAPES[run % SHAPES.length], 62)()!, fill: runColour(run), stroke: runColour(run) }), text(14, 4.5, wrap(runLabel(p, run), width - 30, 13, 1)[0])));
  return sheet(width, 20 * runs.length + 6, ...parts);
}

export const compareDifferences: FigureSpec = {
  id: "compare-differences",
  title: () => T.title,
  present: (p) => isComparison(p) && rows(p).length > 0,
  draw: (p, width) => {
    const all = (["share", "day", "ratio"] as const).map((k) => panel(p, k, width)).filter((s): s is SVGSVGElement => s !== null);
    return all.length ? [keyPanel(p, width), ...all] : [];
  },
  caption: () => fill(T.caption, { a: letter(0) }),
  table: (p) => ({
    columns: [{ label: T.figure }, { label: T.group }, { label: T.run }, { label: T.value, number: true }, { label: T.low, number: true }, { label: T.high, number: true }, { label: T.unit }, { label: T.n, number: true }, { label: T.how }, { label: T.p, number: true }, { label: T.holm, number: true }, { label: T.beyond }],
    rows: figuresOf(p).filter(({ f }) => f.gaps.some((g) => g)).flatMap(({ f, k }) => laterRuns(p).flatMap((run) => {
      const g = f.gaps[run - 1], t = gapText(f, run);
      if (!g) return [];
      const cell = (key: "value" | "low" | "high") => ({ show: t ? <data value={String(g[key] ?? "")} data-compared={`figures.${k}.gaps.${run - 1}.${key}`}>{t[key]}</data> : whyNot(f, run, letter(0)), raw: g[key] });
      return [[figureName(f), groupName(f), runLabel(p, run), cell("value"), cell("low"), cell("high"), { show: t?.unit ?? "", raw: f.unit }, g.n, g.how, g.p, g.p_holm, g.beyond === null ? T.cannot : g.beyond ? T.yes : T.no]];
    })),
  }),
};
