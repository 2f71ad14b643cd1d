/* One figure over the replicates of every run, on one axis. */
import type { ComparedFigure } from "../data";
import type { FigureSpec } from "../ui/figure";
import { usePage, type Page } from "../ui/context";
import { count, value } from "../format";
import { axis, axisMarks, distribution, el, extentOf, hover, lines, sheet, text, wrap, type Axis } from "../figures/draw";
import { findValues, prefersLog } from "../figures/measures";
import { fill, words } from "../words";
import { chosenOf, Pick, type Choice } from "./pick";
import { figureName, figuresOf, groupName, isComparison, isHeadline, runColour, RunName, runLabel } from "./runs";
import { GapValue, RunValue } from "./table";

const T = words({
  title: ["Distribution over replicates by run", "各运行的重复分布"],
  choose: ["figure", "指标"],
  caption: [
    "{x}, {g}. Bars: replicates with this value, drawn so that the highest bar of every run is as high. Solid line: what the table above tells for the run (mean or median). Dashed: its central 95 %. The spread is what trials of this size would show given all that is unknown; it is no error of the line.",
    "{x}，{g}。柱：取该值的重复，各运行的最高柱等高。实线：上表所列该运行的数值（均值或中位数）。虚线：中央 95 %。分布宽度为在全部未知因素下同等规模试验可能呈现的范围，并非实线的误差。",
  ],
  cut: ["The page holds the first {n} replicates of {run}.", "本页含 {run} 的前 {n} 次重复。"],
  unreached: ["not reached: {k} of {n}", "未达到：{n} 次中 {k} 次"],
  run: ["run", "运行"],
  from: ["from", "起"],
  to: ["to", "止"],
  number: ["replicates", "重复次数"],
  reached: ["not reached", "未达到"],
  unit: ["unit", "单位"],
  space: [" ", ""],
});
const ID = "compare-distribution", TALL = 58;

interface Row {
  run: number;
  values: Float64Array;
}
function rowsOf(p: Page, f: ComparedFigure): Row[] {
  return p.models.flatMap((m, run) => {
    const values = findValues(m, f.arm, f.against, f);
    return values?.some((x) => !Number.isNaN(x)) ? [{ run, values }] : [];
  });
}
function all(p: Page): (Choice & { f: ComparedFigure; k: number })[] {
  const list = figuresOf(p).filter(({ f }) => f.runs.filter((r) => r).length > 1 && f.runs.some((r) => r?.value !== null));
  const named = list.map(({ f, k }) => ({ f, k, key: String(k), name: figureName(f), group: groupName(f) }));
  return [...named.filter((c) => isHeadline(c.f)), ...named.filter((c) => !isHeadline(c.f))];
}
function chosen(p: Page): { f: ComparedFigure; k: number } | null {
  return (chosenOf(p, ID, all(p)) as ReturnType<typeof all>[number] | undefined) ?? null;
}
/** A p value is compared by how often it is small, and drawn by itself. */
const isP = (f: ComparedFigure) => f.endpoint.endsWith("_p");
const unitOf = (f: ComparedFigure) => (isP(f) ? "1" : f.unit);
const lost = (x: Float64Array) => x.reduce((n, v) => n + (v === Infinity ? 1 : 0), 0);

function frame(f: ComparedFigure, rows: Row[]): { domain: [number, number]; log: boolean } {
  if (isP(f)) return { domain: [0, 1], log: false };
  const x = rows.flatMap((r) => Array.from(r.values).filter(Number.isFinite)), log = prefersLog(f.endpoint, x);
  return { domain: extentOf(x, log) ?? [0, 1], log };
}

function bars(r: Row, f: ComparedFigure, a: Axis, base: number): SVGElement {
  const bins = distribution(r.values, a.domain[0], a.domain[1], isP(f) ? 20 : 40, a.log).filter((b) => b.count);
  const most = Math.max(1, ...bins.map((b) => b.count)), g = el("g", {});
  for (const b of bins) {
    const x = a.at(Math.max(b.low, a.domain[0])), height = (TALL * b.count) / most;
    g.append(el("rect", { x, y: base - height, width: Math.max(1, a.at(Math.min(b.high, a.domain[1])) - x - 0.8), height, fill: runColour(r.run), "fill-opacity": 0.55 }, hover(`${value(b.low, unitOf(f))} … ${value(b.high, unitOf(f))}: ${b.count}`)));
  }
  return g;
}

function drawRow(p: Page, f: ComparedFigure, r: Row, a: Axis, y: number, width: number): SVGElement {
  const base = y + 24 + TALL, own = isP(f) ? null : f.runs[r.run], out = lost(r.values);
  const rule = (x: number | null | undefined, dash: string, wide: number) =>
    typeof x === "number" && x >= a.domain[0] && x <= a.domain[1] && el("line", { x1: a.at(x), x2: a.at(x), y1: base - TALL - 5, y2: base, stroke: "currentColor", "stroke-width": wide, "stroke-dasharray": dash || undefined });
  return el("g", {}, lines(0, y + 12, wrap(runLabel(p, r.run), width * 0.6, 13, 1), { "font-weight": 600 }),
    out > 0 && text(width, y + 12, fill(T.unreached, { k: out, n: r.values.length }), { "text-anchor": "end", "font-size": 12, fill: "var(--soft)" }),
    bars(r, f, a, base), rule(own?.low, "2 3", 1.3), rule(own?.high, "2 3", 1.3), rule(own?.value, "", 2.2),
    el("line", { x1: a.at(a.domain[0]), x2: a.at(a.domain[1]), y1: base, y2: base, stroke: "var(--line)" }));
}

function Beside() {
  const p = usePage(), c = chosen(p), runs = p.data.runs.map((_, i) => i);
  return (
    <>
      <Pick figure={ID} label={T.choose} all={all(p)} />
      {c && <ul class="judged">{runs.filter((i) => c.f.runs[i]).map((i) => <li><RunName run={i} />: <RunValue f={c.f} run={i} />{i > 0 && c.f.gaps[i - 1] && <> (<GapValue f={c.f} k={c.k} run={i} />)</>}</li>)}</ul>}
    </>
  );
}

export const compareDistribution: FigureSpec = {
  id: ID,
  title: () => T.title,
  present: (p) => isComparison(p) && all(p).some(({ f }) => rowsOf(p, f).length > 1),
  beside: () => <Beside />,
  draw: (p, width) => {
    const c = chosen(p), rows = c ? rowsOf(p, c.f) : [];
    if (!c || !rows.length) return [];
    const { domain, log } = frame(c.f, rows), a = axis(domain, unitOf(c.f), log, 8, width - 60, width > 560 ? 8 : 4);
    const step = TALL + 38, bottom = rows.length * step;
    return [sheet(width, bottom + 24, ...rows.map((r, i) => drawRow(p, c.f, r, a, i * step, width)), axisMarks(a, bottom - 8, width - 60))];
  },
  caption: (p) => {
    const c = chosen(p);
    if (!c) return "";
    const cut = rowsOf(p, c.f).filter((r) => r.values.length < p.models[r.run].summary.replicates);
    return [fill(T.caption, { x: figureName(c.f), g: groupName(c.f) }), ...cut.map((r) => fill(T.cut, { n: count(r.values.length), run: runLabel(p, r.run) }))].join(T.space);
  },
  table: (p) => {
    const c = chosen(p), rows = c ? rowsOf(p, c.f) : [];
    const f = c ? frame(c.f, rows) : null;
    return {
      columns: [{ label: T.run }, { label: T.from, number: true }, { label: T.to, number: true }, { label: T.number, number: true }, { label: T.unit }],
      rows: rows.flatMap((r) => [
        ...distribution(r.values, f!.domain[0], f!.domain[1], isP(c!.f) ? 20 : 40, f!.log).filter((b) => b.count)
          .map((b) => [runLabel(p, r.run), { show: value(b.low, unitOf(c!.f)), raw: b.low }, { show: value(b.high, unitOf(c!.f)), raw: b.high }, b.count, unitOf(c!.f)]),
        ...(lost(r.values) ? [[runLabel(p, r.run), T.reached, null, lost(r.values), unitOf(c!.f)]] : []),
      ]),
    };
  },
};
