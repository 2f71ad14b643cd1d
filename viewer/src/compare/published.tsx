/* Published figures, and what each run makes of them. */
import type { ComparedPublished } from "../data";
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import { value } from "../format";
import { roleName, roleTitle, ROLES } from "../figures/roles";
import { axis, axisMarks, el, extentOf, hover, lines, sheet, text, wrap, type Axis } from "../figures/draw";
import { prefersLog } from "../figures/measures";
import { measureName } from "../names";
import { words } from "../words";
import { comparisonOf, groupName, isComparison, letter, runColour, runLabel } from "./runs";

const T = words({
  title: ["Published against simulated, by run", "各运行：已发表结果与模拟结果对比"],
  published: ["published", "已发表"],
  simulated: ["simulated", "模拟"],
  pass: ["pass", "通过"],
  miss: ["miss", "未通过"],
  cannot: ["cannot say", "无法判断"],
  up: ["higher", "升高"],
  down: ["lower", "降低"],
  none: ["not in this run", "该运行无此项"],
  caption: [
    "One row for each published figure, on an axis of its own. Diamond: the published figure, with its interval where one is known. Circles: mean of a run's replicates, or their median where some do not reach a value; bars: their central 95 %. The verdict is that of the run itself. Runs that were changed until a figure passes have been fitted to it, whatever its role says.",
    "每行对应一项已发表结果，各用自己的坐标轴。菱形：已发表数值，已知时附其区间。圆圈：该运行各次重复的均值；若部分未达到，则为中位数；横条：中央 95 %。判断为各运行自身的判断。若为使某项通过而反复修改运行，则无论其角色如何标注，实际上已对其拟合。",
  ],
  figure: ["figure", "指标"],
  role: ["role", "角色"],
  arm: ["arm", "组别"],
  case: ["case", "案例"],
  mean: ["{run}: simulated", "{run}：模拟"],
  verdict: ["{run}: verdict", "{run}：判断"],
  source: ["source", "来源"],
});
const SIGN = { pass: "✓", miss: "✗", "cannot say": "?" } as const;

type Own = NonNullable<ComparedPublished["runs"][number]>;
const middle = (r: Own) => r.simulated_mean ?? r.simulated_median;
const verdictText = (r: Own) => (r.verdict === "pass" ? T.pass : r.verdict === "miss" ? T.miss : T.cannot);
const toldText = (f: ComparedPublished) => (f.direction ? (f.direction === "up" ? T.up : T.down) : value(f.published, f.unit));
const neutral = (f: ComparedPublished) => (/difference/.test(f.endpoint) ? 0 : 1);
const simulatedText = (r: Own, unit: string) => `${value(middle(r), unit)} [${value(r.simulated_q025, unit)}, ${value(r.simulated_q975, unit)}]`;

function rows(p: Page): ComparedPublished[] {
  const hidden = p.view.hidden.map((i) => p.model.arms[i]);
  return comparisonOf(p).published.filter((f) => !hidden.includes(f.arm));
}

function runMark(f: ComparedPublished, run: number, a: Axis, y: number, right: number): SVGElement | null {
  const r = f.runs[run], mid = r ? middle(r) : null;
  if (!r) return null;
  const low = r.simulated_q025, high = r.simulated_q975, colour = runColour(run);
  return el("g", {}, hover(`${letter(run)}: ${simulatedText(r, f.unit)}, ${verdictText(r)}`),
    (low !== null || high !== null) && el("line", { x1: a.at(low ?? a.domain[0]), x2: high === null ? right : a.at(high), y1: y, y2: y, stroke: colour, "stroke-width": 4, "stroke-opacity": 0.75 }),
    low !== null && high === null && el("path", { d: `M${right - 1} ${y - 4.5}l6 4.5l-6 4.5`, fill: "none", stroke: colour, "stroke-width": 2 }),
    mid !== null && el("circle", { cx: a.at(mid), cy: y, r: 4.2, fill: "var(--ground)", stroke: colour, "stroke-width": 2.2 }));
}

function publishedMark(f: ComparedPublished, a: Axis, y: number): SVGElement {
  if (f.direction) {
    const x = a.at(neutral(f)), to = f.direction === "up" ? 1 : -1;
    return el("g", {}, el("path", { d: `M${x} ${y}h${40 * to}m${-7 * to} -5l${7 * to} 5l${-7 * to} 5M${x} ${y - 6}v12`, fill: "none", stroke: "currentColor", "stroke-width": 2 }));
  }
  const x = a.at(f.published!);
  return el("g", {},
    f.published_low !== null && f.published_high !== null && el("path", { d: `M${a.at(f.published_low)} ${y}H${a.at(f.published_high)}M${a.at(f.published_low)} ${y - 4}v8M${a.at(f.published_high)} ${y - 4}v8`, stroke: "currentColor", "stroke-width": 1.6, fill: "none" }),
    el("path", { d: `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z`, fill: "currentColor", stroke: "var(--ground)" }));
}

function axisOf(f: ComparedPublished, left: number, right: number): Axis | null {
  const x = [f.direction ? neutral(f) : f.published, f.published_low, f.published_high, ...f.runs.flatMap((r) => (r ? [middle(r), r.simulated_q025, r.simulated_q975] : []))];
  const log = prefersLog(f.endpoint, x), extent = extentOf(x, log);
  return extent && axis(extent, f.unit, log, left, right, right - left > 420 ? 6 : 4);
}

function row(p: Page, f: ComparedPublished, y: number, width: number): { g: SVGElement; height: number } {
  const wide = width >= 680, side = wide ? Math.min(260, width * 0.3) : width, step = 19, runs = p.data.runs.map((_, i) => i);
  const name = wrap(measureName({ endpoint: f.endpoint, label: f.label ?? f.written }), side, 13, 2), who = wrap(`${groupName(f)}; ${T.published}: ${toldText(f)}`, side, 11.5, 3);
  const head = 16 * name.length + 14 * who.length, top = wide ? y + 6 : y + head + 10, left = wide ? side + 20 : 8, right = width - 116;
  const a = axisOf(f, left, right), base = top + 16 + step * runs.length, g = el("g", {});
  g.append(lines(0, y + 16, name, { "font-weight": 600 }), lines(0, y + 15 + 16 * name.length, who, { fill: "var(--soft)", "font-size": 11.5 }, 14));
  if (a) {
    g.append(publishedMark(f, a, top + 8), axisMarks(a, base, right));
    for (const run of runs) {
      const m = runMark(f, run, a, top + 8 + step * (run + 1) - 4, right);
      if (m) g.append(m);
    }
  }
  for (const run of runs) {
    const r = f.runs[run], tone = !r || r.verdict === "cannot say" ? "var(--soft)" : r.verdict === "pass" ? "var(--good)" : "var(--bad)";
    g.append(text(width, top + 8 + step * (run + 1), r ? `${letter(run)} ${SIGN[r.verdict]} ${verdictText(r)}` : `${letter(run)} –`, { fill: tone, "text-anchor": "end", "font-size": 12.5, "font-weight": 600 }));
  }
  return { g, height: Math.max(head + 10, base + 26 - y) };
}

function panel(p: Page, role: (typeof ROLES)[number], width: number): SVGSVGElement | null {
  const list = rows(p).filter((f) => f.role === role);
  if (!list.length) return null;
  const title = wrap(roleTitle(role), width, 14, 2), parts: SVGElement[] = [];
  let y = 18 * title.length + 8;
  for (const f of list) {
    const r = row(p, f, y, width);
    parts.push(r.g);
    y += r.height + 6;
    parts.push(el("line", { x1: 0, x2: width, y1: y - 3, y2: y - 3, stroke: "var(--line)" }));
  }
  return sheet(width, y + 6, lines(0, 15, title, { "font-size": 14, "font-weight": 700 }, 18), ...parts);
}

export const comparePublished: FigureSpec = {
  id: "compare-published",
  title: () => T.title,
  present: (p) => isComparison(p) && comparisonOf(p).published.length > 0,
  draw: (p, width) => ROLES.map((role) => panel(p, role, width)).filter((s): s is SVGSVGElement => s !== null),
  caption: () => T.caption,
  table: (p) => ({
    columns: [{ label: T.figure }, { label: T.role }, { label: T.case }, { label: T.arm }, { label: T.published }, ...p.data.runs.flatMap((_, i) => [{ label: T.mean.replace("{run}", runLabel(p, i)) }, { label: T.verdict.replace("{run}", letter(i)) }]), { label: T.source }],
    rows: rows(p).map((f) => [
      measureName({ endpoint: f.endpoint, label: f.label ?? f.written }), roleName(f.role), f.case ?? "", groupName(f), { show: toldText(f), raw: f.direction ?? f.published },
      ...f.runs.flatMap((r) => (r ? [{ show: simulatedText(r, f.unit), raw: middle(r) }, `${SIGN[r.verdict]} ${verdictText(r)}`] : [T.none, ""])), f.source,
    ]),
  }),
};
