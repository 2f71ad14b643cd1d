/* Published figures against the simulated distribution, role by role. */
import type { Figure, Role } from "../data";
import { scaled, significant, value } from "../format";
import { measureName } from "../names";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { Interval, Num } from "../ui/num";
import { fill, words } from "../words";
import { axis, axisMarks, distribution, el, extentOf, hover, lines, sheet, text, wrap, type Axis } from "./draw";
import { centre } from "../measure";
import { findMeasure, findValues, prefersLog } from "./measures";
import { roleName, roleTitle, ROLES } from "./roles";

const T = words({
  title: ["Each published figure and its simulated distribution", "各项已发表结果及其模拟分布"],
  published: ["published", "已发表"],
  simulated: ["simulated", "模拟"],
  pass: ["pass", "通过"],
  miss: ["miss", "未通过"],
  cannot: ["cannot say", "无法判断"],
  against: ["{a} against {b}", "{a} 对比 {b}"],
  percentile: ["percentile {p}", "第 {p} 百分位"],
  agree: ["{p} % of replicates agree", "{p} % 的重复与之一致"],
  unreached: ["{k} of {n} replicates not reached", "{n} 次重复中 {k} 次未达到"],
  up: ["published: higher", "已发表：升高"],
  down: ["published: lower", "已发表：降低"],
  none: ["no simulated value", "无模拟值"],
  provisional: ["provisional", "暂定"],
  space: [" ", ""],
  tally: ["{role}:", "{role}："],
  caption: [
    "One row for each published figure, on an axis of its own. Grey: the values of {n} simulated trials, each of the study's size. Bar: their central 95 %. Circle: their mean, or their median where a trial may not reach a value or the figure is a median of patients. Diamond: the published figure, with its interval where one is known. Roles are never counted together.",
    "每行对应一项已发表结果，各用自己的坐标轴。灰色：{n} 次模拟试验的取值，每次规模与研究相同。横条：其中间 95 %。圆圈：均值；若部分试验未达到，或该指标本身为患者中位数，则为中位数。菱形：已发表数值，已知时附其区间。不同角色从不合并计数。",
  ],
  lone: [
    "One row for each published figure, on an axis of its own. This run has one replicate: the bar is the 95 % interval that its patients allow, the circle its value. One replicate cannot give a verdict.",
    "每行对应一项已发表结果，各用自己的坐标轴。本次运行只有一次重复：横条为其患者给出的 95 % 区间，圆圈为其取值。单次重复不能作出判断。",
  ],
  chosen: ["Triangle: replicate {k}.", "三角：第 {k} 次重复。"],
  beware: [
    "The verdict compares trials of this size; a pass does not show that the model is right, and a wide distribution passes easily.",
    "判断针对同等规模的试验；通过并不说明模型正确，分布越宽越容易通过。",
  ],
  few: ["Below 200 replicates the verdicts are provisional.", "重复少于 200 次时，判断为暂定。"],
  role: ["role", "角色"],
  figure: ["figure", "指标"],
  case: ["case", "案例"],
  arm: ["arm", "组别"],
  n: ["published n", "已发表例数"],
  interval: ["interval", "区间"],
  mean: ["simulated mean [2.5, 97.5 %]", "模拟均值 [2.5, 97.5 %]"],
  median: ["simulated median", "模拟中位数"],
  at: ["percentile", "百分位"],
  verdict: ["verdict", "判断"],
  sentence: ["why", "理由"],
  source: ["source", "来源"],
});

function verdictText(f: Figure): string {
  return f.verdict === "pass" ? T.pass : f.verdict === "miss" ? T.miss : T.cannot;
}
const SIGN = { pass: "✓", miss: "✗", "cannot say": "?" } as const;

/** The middle of the simulated values as the summary tells it, and its interval. */
function middle(p: Page, f: Figure): number | null {
  const m = findMeasure(p.model, f)?.measure;
  return (m && centre(m) === "median" ? f.simulated_median : f.simulated_mean) ?? f.simulated_median;
}
function ends(f: Figure): [number | null, number | null] {
  return f.simulated_q025 === null && f.simulated_q975 === null ? [f.simulated_low ?? null, f.simulated_high ?? null] : [f.simulated_q025, f.simulated_q975];
}
/** Central 98 % of the finite values: a far outlier would squeeze the rest. */
function core(x: Float64Array | null): Float64Array {
  const finite = (x ?? new Float64Array()).filter(Number.isFinite).sort();
  const skip = Math.floor(finite.length / 100);
  return finite.subarray(skip, finite.length - skip);
}

function diamond(x: number, y: number): SVGElement {
  return el("path", { d: `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z`, fill: "currentColor", stroke: "var(--ground)" });
}

/** Where the axis of a row begins and ends, px, and its height. */
interface Place {
  left: number;
  right: number;
  top: number;
}

function published(f: Figure, a: Axis, y: number, p: Place): (SVGElement | null)[] {
  if (f.direction) {
    const x = a.at(neutral(f)), up = f.direction === "up";
    const to = up ? Math.min(p.right, x + 46) : Math.max(p.left, x - 46);
    const tip = up ? -7 : 7;
    return [
      el("line", { x1: x, x2: x, y1: y - 24, y2: y + 8, stroke: "currentColor", "stroke-dasharray": "3 3" }),
      el("path", { d: `M${x} ${y}H${to}M${to + tip} ${y - 5}L${to} ${y}L${to + tip} ${y + 5}`, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    ];
  }
  if (f.published === null) return [];
  const x = a.at(f.published);
  const whisker = f.published_low !== null && f.published_high !== null ? [a.at(f.published_low), a.at(f.published_high)] : null;
  return [
    whisker && el("path", { d: `M${whisker[0]} ${y}H${whisker[1]}M${whisker[0]} ${y - 4}v8M${whisker[1]} ${y - 4}v8`, stroke: "currentColor", "stroke-width": 1.6, fill: "none" }),
    diamond(x, y),
  ];
}

/** Distribution above, interval and mean on the line, the published figure below it. */
function strip(p: Page, f: Figure, place: Place): SVGElement {
  const x = findValues(p.model, f.arm, f.against, f), inside = core(x), [low, high] = ends(f), mid = middle(p, f);
  const reference = f.direction ? neutral(f) : f.published;
  const log = prefersLog(f.endpoint, [low, high, mid, reference, f.published_low, f.published_high, inside[0] ?? null]);
  const extent = extentOf([low, high, mid, reference, f.published_low, f.published_high, inside[0], inside[inside.length - 1]], log);
  const g = el("g", {});
  if (!extent) return g;
  const a = axis(extent, f.unit, log, place.left, place.right, place.right - place.left > 420 ? 6 : 4);
  const line = place.top + 30, colour = p.model.colour(Math.max(0, p.model.armIndex(f.arm)));
  if (x && inside.length > 1) {
    const bins = distribution(x, extent[0], extent[1], 36, log).filter((b) => b.count), most = Math.max(...bins.map((b) => b.count));
    const d = bins.map((b) => `M${a.at(Math.max(b.low, extent[0])).toFixed(1)} ${line - 5}v${((-20 * b.count) / most).toFixed(1)}H${a.at(Math.min(b.high, extent[1])).toFixed(1)}V${line - 5}Z`).join("");
    g.append(el("path", { d, fill: "var(--soft)", "fill-opacity": 0.4 }));
  }
  if (low !== null || high !== null) {
    const from = low === null ? place.left : a.at(low), to = high === null ? place.right : a.at(high);
    g.append(el("line", { x1: from, x2: to, y1: line, y2: line, stroke: colour, "stroke-width": 5, "stroke-opacity": 0.75 }));
    // A quantile among trials that do not reach a median has no place on the axis: the bar is open there.
    if (high === null) g.append(el("path", { d: `M${place.right - 1} ${line - 5}l6 5l-6 5`, fill: "none", stroke: colour, "stroke-width": 2 }));
  }
  if (mid !== null) g.append(el("circle", { cx: a.at(mid), cy: line, r: 4.5, fill: "var(--ground)", stroke: colour, "stroke-width": 2.2 }));
  const k = p.view.replicate, one = typeof k === "number" && x ? x[k] : NaN;
  if (Number.isFinite(one) && one >= extent[0] && one <= extent[1]) g.append(el("path", { d: `M${a.at(one)} ${line - 5}l-4.5 -8h9z`, fill: "var(--link)", stroke: "var(--ground)" }));
  for (const mark of published(f, a, line + 12, place)) if (mark) g.append(mark);
  g.append(axisMarks(a, line + 24, place.right));
  return g;
}

/** Where nothing would be higher or lower. */
function neutral(f: Figure): number {
  return /difference/.test(f.endpoint) ? 0 : 1;
}

function pointed(p: Page, f: Figure): string {
  const [low, high] = ends(f), mid = middle(p, f);
  const told = f.direction ? (f.direction === "up" ? T.up : T.down) : `${T.published}: ${value(f.published, f.unit)}`;
  return `${measureName(f)}\n${told}\n${T.simulated}: ${value(mid, f.unit)} [${value(low, f.unit)}, ${value(high, f.unit)}]`;
}

function status(f: Figure): string[] {
  const out: string[] = [];
  if (f.direction && f.share_agreeing !== undefined) out.push(fill(T.agree, { p: significant(100 * f.share_agreeing) }));
  else if (f.percentile !== null) out.push(fill(T.percentile, { p: significant(f.percentile) }));
  if (f.provisional) out.push(T.provisional);
  return out;
}

function notReached(p: Page, f: Figure): string | null {
  const x = findValues(p.model, f.arm, f.against, f);
  const k = x ? x.reduce((n, v) => n + (v === Infinity ? 1 : 0), 0) : 0;
  return k ? fill(T.unreached, { k, n: x!.length }) : null;
}

const armText = (f: Figure) => (f.against ? fill(T.against, { a: f.arm, b: f.against }) : f.arm);

function row(p: Page, f: Figure, width: number, y: number): { g: SVGElement; height: number } {
  const wide = width >= 680;
  const labelWidth = wide ? Math.min(270, width * 0.3) : width - 104;
  const name = wrap(measureName(f), labelWidth * 0.92, 13, 3), who = wrap([armText(f), notReached(p, f)].filter(Boolean).join("; "), labelWidth, 11.5, 3);
  const told = status(f), verdict = `${SIGN[f.verdict]} ${verdictText(f)}`;
  const tone = f.verdict === "pass" ? "var(--good)" : f.verdict === "miss" ? "var(--bad)" : "var(--soft)";
  const labelHeight = 16 * name.length + 14 * who.length;
  const notes = told.flatMap((t) => wrap(t, wide ? 126 : 100, 11.5, 2));
  const top = wide ? y + 4 : y + Math.max(labelHeight, 16 + 14 * notes.length) + 6;
  const left = wide ? labelWidth + 22 : 8, right = wide ? width - 158 : width - 26;
  const place: Place = { left, right, top };
  const side = wide ? { x: width - 132, anchor: "start" } : { x: width, anchor: "end" };
  const g = el("g", {}, hover(pointed(p, f)),
    lines(0, y + 18, name, { "font-weight": 600 }),
    lines(0, y + 18 + 16 * name.length - 1, who, { fill: "var(--soft)", "font-size": 11.5 }, 14),
    text(side.x, y + 18, verdict, { fill: tone, "font-weight": 600, "text-anchor": side.anchor }),
    lines(side.x, y + 34, notes, { fill: "var(--soft)", "font-size": 11.5, "text-anchor": side.anchor }, 14),
    strip(p, f, place));
  const height = wide ? Math.max(84, labelHeight + 16) : top - y + 80;
  return { g, height };
}

function panel(p: Page, role: Role, width: number): SVGSVGElement | null {
  const shown = p.model.summary.expectations[role].figures.filter((f) => !p.view.hidden.includes(p.model.armIndex(f.arm)));
  if (!shown.length) return null;
  const title = wrap(roleTitle(role), 0.9 * width, 14, 2);
  const rows: SVGElement[] = [];
  let y = 18 * title.length + 8;
  for (const f of shown) {
    const r = row(p, f, width, y);
    rows.push(r.g);
    y += r.height;
    rows.push(el("line", { x1: 0, x2: width, y1: y - 1, y2: y - 1, stroke: "var(--line)" }));
  }
  return sheet(width, y + 12, lines(0, 15, title, { "font-size": 14, "font-weight": 700 }, 18), ...rows);
}

function Tally({ p }: { p: Page }) {
  const s = p.model.summary.expectations;
  return (
    <p class="note">
      {ROLES.filter((r) => s[r].figures.length).map((r, i) => (
        <>
          {i > 0 && "; "}{fill(T.tally, { role: roleName(r) })}{" "}
          <Num path={`expectations.${r}.pass`} /> {T.pass}, <Num path={`expectations.${r}.miss`} /> {T.miss}, <Num path={`expectations.${r}.cannot_say`} /> {T.cannot}
        </>
      ))}
    </p>
  );
}

function tableRow(role: Role, f: Figure, k: number) {
  const path = `expectations.${role}.figures.${k}`;
  const lone = f.simulated_q025 === null && f.simulated_low !== undefined;
  const told = f.direction ? (f.direction === "up" ? T.up : T.down) : <Interval x={`${path}.published`} low={`${path}.published_low`} high={`${path}.published_high`} unit={f.unit} />;
  return [
    measureName(f), roleName(role), f.case ?? "", armText(f), { show: told, raw: f.direction ?? f.published }, f.published_n, f.interval,
    { show: <Interval x={`${path}.simulated_mean`} low={`${path}.${lone ? "simulated_low" : "simulated_q025"}`} high={`${path}.${lone ? "simulated_high" : "simulated_q975"}`} unit={f.unit} />, raw: f.simulated_mean },
    { show: <Num path={`${path}.simulated_median`} unit={f.unit} />, raw: f.simulated_median },
    f.percentile === null ? null : { show: <Num path={`${path}.percentile`} />, raw: f.percentile },
    `${SIGN[f.verdict]} ${verdictText(f)}${f.provisional ? ` (${T.provisional})` : ""}`, f.sentence, f.source,
  ];
}

export const expectations: FigureSpec = {
  id: "published",
  title: () => T.title,
  present: (p) => ROLES.some((r) => p.model.summary.expectations[r]?.figures.length > 0),
  draw: (p, width) => ROLES.map((r) => panel(p, r, width)).filter((s): s is SVGSVGElement => s !== null),
  beside: (p) => <Tally p={p} />,
  caption(p) {
    const n = p.model.summary.replicates, k = p.view.replicate;
    return [n > 1 ? fill(T.caption, { n: scaled(n, { factor: 1, decimals: 0, unit: "" }) }) : T.lone, n > 1 && typeof k === "number" ? fill(T.chosen, { k: k + 1 }) : "", n > 1 ? T.beware : "", n > 1 && n < 200 ? T.few : ""].filter(Boolean).join(T.space);
  },
  table: (p) => ({
    columns: [
      { label: T.figure }, { label: T.role }, { label: T.case }, { label: T.arm }, { label: T.published }, { label: T.n, number: true }, { label: T.interval },
      { label: T.mean }, { label: T.median }, { label: T.at, number: true }, { label: T.verdict }, { label: T.sentence }, { label: T.source },
    ],
    rows: ROLES.flatMap((role) => p.model.summary.expectations[role].figures.map((f, k) => tableRow(role, f, k))),
  }),
};
