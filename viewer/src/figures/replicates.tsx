/* One endpoint over all virtual trials: what chance and what is unknown make of it. */
import type { Measure } from "../data";
import { count, fixed, value } from "../format";
import { centre, limits } from "../measure";
import { usePage, type Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { MeasureValue } from "../ui/measure";
import { Num } from "../ui/num";
import { fill, words } from "../words";
import { measureName } from "../names";
import { axis, axisMarks, distribution, el, extentOf, hover, lines, sheet, text, textWidth, wrap, type Axis } from "./draw";
import { allMeasures, findValues, prefersLog, publishedOf, type Placed } from "./measures";

const T = words({
  title: ["Distribution over replicates", "各次重复的分布"],
  endpoint: ["endpoint", "终点"],
  byArm: ["by arm", "按组"],
  compared: ["arm against arm", "组间比较"],
  against: ["{a} against {b}", "{a} 对比 {b}"],
  mean: ["mean", "均值"],
  median: ["median", "中位数"],
  published: ["published {x}", "已发表 {x}"],
  reached: ["not reached", "未达到"],
  unreached: ["not reached in {k} of {n}", "{n} 次中 {k} 次未达到"],
  undefined: ["does not exist in {k} of {n}", "{n} 次中 {k} 次不存在"],
  inner: ["chance among so few patients: {p} %", "患者数有限带来的偶然性：{p} %"],
  outer: ["what is unknown: {p} %", "未知因素：{p} %"],
  variance: ["Of the variance:", "方差构成："],
  share_below_1: ["share below 1:", "低于 1 的比例："],
  share_above_1: ["share above 1:", "高于 1 的比例："],
  share_above_0: ["share above 0:", "高于 0 的比例："],
  "share_below_0.05": ["share below 0.05:", "低于 0.05 的比例："],
  caption: [
    "The values of {n} simulated trials of the study's size, counted in bins. Solid line: their {c} [2.5 and 97.5 % quantiles, dotted]. Each trial draws its own patients and its own values of what is unknown.",
    "{n} 次与研究同等规模的模拟试验的取值，按区间计数。实线：{c}；点线：2.5 % 与 97.5 % 分位数。每次试验都重新抽取患者与未知因素。",
  ],
  first: ["The bins hold the first {n} replicates; the lines are of all {all}.", "直方图含前 {n} 次重复；各线取自全部 {all} 次。"],
  diamond: ["Diamond: published.", "菱形：已发表数值。"],
  varianceNote: [
    "The bar splits the variance: what chance among so few patients explains (mean of p (1 − p) / n), and the rest, which comes from what is unknown. A larger trial lessens the first part only.",
    "下方条形拆分方差：患者数有限带来的偶然性（p (1 − p) / n 的均值），其余来自未知因素。扩大试验只能减少前者。",
  ],
  chosen: ["Triangle: replicate {k}.", "三角：第 {k} 次重复。"],
  space: [" ", ""],
  arm: ["arm", "组别"],
  from: ["from", "起"],
  to: ["to", "止"],
  number: ["replicates", "重复次数"],
  unit: ["unit", "单位"],
});

const keyOf = (m: Measure) => `${m.endpoint}|${m.at_day ?? ""}|${m.label ?? ""}`;

interface Choice {
  key: string;
  name: string;
  compared: boolean;
}
const known = new WeakMap<object, Placed[]>();
/** Measures of which the page has values. */
function measured(p: Page): Placed[] {
  let all = known.get(p.model);
  if (!all) {
    all = allMeasures(p.model).filter((m) => findValues(p.model, m.arm, m.against, m.measure)?.some(Number.isFinite));
    known.set(p.model, all);
  }
  return all;
}
function choices(p: Page): Choice[] {
  const seen = new Map<string, Choice>();
  for (const m of measured(p)) {
    const key = keyOf(m.measure);
    if (!seen.has(key)) seen.set(key, { key, name: measureName(m.measure), compared: m.against !== null });
  }
  return [...seen.values()];
}
/** Rows of the endpoint that the reader has chosen. */
function chosen(p: Page): Placed[] {
  const all = choices(p), key = p.view.pick.distribution ?? all[0]?.key;
  const found = all.find((c) => c.key === key) ?? all[0];
  return measured(p).filter((m) => found && keyOf(m.measure) === found.key && !p.view.hidden.includes(p.model.armIndex(m.arm)));
}

const who = (m: Placed) => (m.against ? fill(T.against, { a: m.arm, b: m.against }) : m.arm);
const isP = (m: Measure) => m.endpoint.endsWith("_p");

interface Row {
  placed: Placed;
  values: Float64Array;
  centre: number | null;
  low: number | null;
  high: number | null;
  published: { x: number; low: number | null; high: number | null }[];
}
function rowsOf(p: Page): Row[] {
  return chosen(p).map((placed) => {
    const m = placed.measure, [low, high] = limits(m);
    const published = publishedOf(p.model, placed).filter((f) => f.published !== null && !f.direction).map((f) => ({ x: f.published!, low: f.published_low, high: f.published_high }));
    return { placed, values: findValues(p.model, placed.arm, placed.against, m)!, centre: m[centre(m)], low: m[low] ?? null, high: m[high] ?? null, published };
  });
}
/** Few trials need wide bins; p values get steps of 0.05. */
const binsOf = (r: Row) => (isP(r.placed.measure) ? 20 : Math.min(40, Math.max(12, Math.round(1.8 * Math.sqrt(r.values.length)))));
const infinite = (x: Float64Array) => x.reduce((n, v) => n + (v === Infinity ? 1 : 0), 0);
const absent = (x: Float64Array) => x.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0);

function frame(rows: Row[]): { domain: [number, number]; log: boolean } {
  if (isP(rows[0].placed.measure)) return { domain: [0, 1], log: false };
  const all = rows.flatMap((r) => [...r.values.filter(Number.isFinite), r.centre, r.low, r.high, ...r.published.map((x) => x.x)]);
  const log = prefersLog(rows[0].placed.measure.endpoint, all);
  return { domain: extentOf(all, log) ?? [0, 1], log };
}

function varianceBar(m: Measure, left: number, width: number, y: number, colour: string): SVGElement | null {
  if (!m.variance_total || m.variance_inner === undefined) return null;
  const inner = Math.min(1, m.variance_inner / m.variance_total), x = left + width * inner;
  const told = `${fill(T.inner, { p: fixed(100 * inner, 0) })}; ${fill(T.outer, { p: fixed(100 * (1 - inner), 0) })}`;
  return el("g", {}, hover(told),
    el("rect", { x: left, y, width: width * inner, height: 9, fill: "var(--soft)", "fill-opacity": 0.45 }),
    el("rect", { x, y, width: width * (1 - inner), height: 9, fill: colour, "fill-opacity": 0.8 }),
    el("rect", { x: left, y, width, height: 9, fill: "none", stroke: "var(--soft)" }),
    lines(left, y + 23, wrap(told, width, 11.5, 2), { "font-size": 11.5, fill: "var(--soft)" }, 14));
}

function bars(a: Axis, r: Row, base: number, tall: number, edge: number, colour: string): SVGElement {
  const g = el("g", {}), bins = distribution(r.values, a.domain[0], a.domain[1], binsOf(r), a.log).filter((b) => b.count);
  const out = infinite(r.values), most = Math.max(out, ...bins.map((b) => b.count), 1), unit = r.placed.measure.unit;
  for (const b of bins) {
    const x = a.at(Math.max(b.low, a.domain[0])), width = Math.max(1, a.at(Math.min(b.high, a.domain[1])) - x - 0.8), height = (tall * b.count) / most;
    g.append(el("rect", { x, y: base - height, width, height, fill: colour, "fill-opacity": 0.55 }, hover(`${value(b.low, unit)} … ${value(b.high, unit)}: ${b.count}`)));
  }
  if (out) {
    const height = (tall * out) / most;
    g.append(el("rect", { x: edge + 48, y: base - height, width: 16, height, fill: colour, "fill-opacity": 0.55 }, hover(`${T.reached}: ${out}`)),
      text(edge + 56, base + 15, T.reached, { "font-size": 11, "text-anchor": "middle", fill: "var(--soft)" }));
  }
  return g;
}

function drawRow(p: Page, r: Row, f: { domain: [number, number]; log: boolean }, width: number, y: number, room: number): { g: SVGElement; height: number } {
  const m = r.placed.measure, colour = p.model.colour(Math.max(0, p.model.armIndex(r.placed.arm)));
  const name = wrap(who(r.placed), 0.9 * width, 13, 2), left = 10, right = width - 24 - room, tall = 64;
  const top = y + 18 * name.length + 16, base = top + tall;
  const a = axis(f.domain, m.unit, f.log, left, right, width > 560 ? 8 : 4);
  const g = el("g", {}, lines(0, y + 14, name, { "font-weight": 600 }), bars(a, r, base, tall, right, colour), axisMarks(a, base, right));
  const rule = (x: number, dash: string, wide: number) => el("line", { x1: a.at(x), x2: a.at(x), y1: top - 4, y2: base, stroke: "currentColor", "stroke-width": wide, "stroke-dasharray": dash || undefined });
  if (r.low !== null) g.append(rule(r.low, "2 3", 1.3));
  if (r.high !== null) g.append(rule(r.high, "2 3", 1.3));
  if (r.centre !== null) g.append(rule(r.centre, "", 2));
  for (const x of r.published) {
    const at = a.at(x.x), label = fill(T.published, { x: value(x.x, m.unit) });
    const anchor = at + textWidth(label, 11.5) + 12 > width ? "end" : "start";
    g.append(el("path", { d: `M${at} ${top - 13}l5 6l-5 6l-5 -6z`, fill: "currentColor", stroke: "var(--ground)" }),
      text(at + (anchor === "start" ? 8 : -8), top - 3, label, { "font-size": 11.5, "text-anchor": anchor, stroke: "var(--ground)", "stroke-width": 3, "paint-order": "stroke" }));
  }
  const k = p.view.replicate, one = typeof k === "number" ? r.values[k] : NaN;
  if (Number.isFinite(one)) g.append(el("path", { d: `M${a.at(one)} ${base}l-5 -9h10z`, fill: "var(--link)", stroke: "var(--ground)" }));
  const share = varianceBar(m, left, right - left, base + 28, colour);
  if (share) g.append(share);
  return { g, height: base + (share ? (width < 560 ? 80 : 66) : 30) - y };
}

const AGREEMENT = ["share_below_1", "share_above_1", "share_above_0", "share_below_0.05"] as const;

function Told({ r }: { r: Row }) {
  const m = r.placed.measure, path = r.placed.path;
  const lost = infinite(r.values), none = absent(r.values), n = r.values.length;
  return (
    <li>
      {who(r.placed)}: {centre(m) === "mean" ? T.mean : T.median} <MeasureValue m={m} path={path} />
      {AGREEMENT.filter((k) => m[k] !== undefined).map((k) => <>; {T[k]} <Num path={`${path}.${k}`} unit="share" /></>)}
      {lost > 0 && `; ${fill(T.unreached, { k: lost, n })}`}
      {none > 0 && `; ${fill(T.undefined, { k: none, n })}`}
    </li>
  );
}

function Beside() {
  const p = usePage(), all = choices(p), rows = rowsOf(p);
  const key = rows.length ? keyOf(rows[0].placed.measure) : all[0]?.key;
  const group = (compared: boolean) => all.filter((c) => c.compared === compared).map((c) => <option value={c.key}>{c.name}</option>);
  return (
    <div class="beside">
      <label>{T.endpoint}{" "}
        <select value={key} onChange={(e) => p.change({ pick: { ...p.view.pick, distribution: e.currentTarget.value } })}>
          <optgroup label={T.byArm}>{group(false)}</optgroup>
          {all.some((c) => c.compared) && <optgroup label={T.compared}>{group(true)}</optgroup>}
        </select>
      </label>
      <ul>
        {rows.map((r) => <Told r={r} />)}
      </ul>
    </div>
  );
}

function tableRows(p: Page) {
  const rows = rowsOf(p);
  if (!rows.length) return [];
  const f = frame(rows);
  return rows.flatMap((r) => {
    const m = r.placed.measure;
    const bins = distribution(r.values, f.domain[0], f.domain[1], binsOf(r), f.log).filter((b) => b.count);
    return [
      ...bins.map((b) => [who(r.placed), { show: value(b.low, m.unit), raw: b.low }, { show: value(b.high, m.unit), raw: b.high }, b.count, m.unit]),
      ...(infinite(r.values) ? [[who(r.placed), T.reached, null, infinite(r.values), m.unit]] : []),
    ];
  });
}

export const replicates: FigureSpec = {
  id: "distribution",
  title: () => T.title,
  present: (p) => p.model.summary.replicates > 1 && measured(p).length > 0,
  draw(p, width) {
    const rows = rowsOf(p);
    if (!rows.length) return [];
    const f = frame(rows), room = rows.some((r) => infinite(r.values)) ? 84 : 0, parts: SVGElement[] = [];
    let y = 0;
    for (const r of rows) {
      const one = drawRow(p, r, f, width, y, room);
      parts.push(one.g);
      y += one.height + 8;
    }
    return [sheet(width, y, ...parts)];
  },
  beside: () => <Beside />,
  caption(p) {
    const rows = rowsOf(p), all = p.model.summary.replicates, n = rows[0]?.values.length ?? 0, k = p.view.replicate;
    const c = rows[0] && centre(rows[0].placed.measure) === "median" ? T.median : T.mean;
    return [
      fill(T.caption, { n: count(all), c }), n < all ? fill(T.first, { n: count(n), all: count(all) }) : "",
      rows.some((r) => r.published.length) ? T.diamond : "", rows.some((r) => r.placed.measure.variance_total) ? T.varianceNote : "", typeof k === "number" ? fill(T.chosen, { k: k + 1 }) : "",
    ].filter(Boolean).join(T.space);
  },
  table: (p) => ({
    columns: [{ label: T.arm }, { label: T.from, number: true }, { label: T.to, number: true }, { label: T.number, number: true }, { label: T.unit }],
    rows: tableRows(p),
  }),
};
