/* Counts over time, as counts.csv has them: living cells by type, events so far, substances. A line marks the moment that is looked at. */
import * as Plot from "@observablehq/plot";
import { plot } from "../ui/plot";
import type { TableData } from "../ui/table";
import type { FigureSpec } from "../ui/figure";
import { unitText } from "../format";
import { fill, words } from "../words";
import { countsRow, type Tissue } from "./context";
import type { Run } from "./data";
import { time, timeUnit } from "./format";

const T = words({
  title: ["Counts over time", "计数随时间的变化"],
  alive: ["living cells", "存活细胞"],
  dead: ["dead cells that are there", "尚存的死亡细胞"],
  events: ["since the beginning", "自开始以来的累计"],
  kills: ["kills", "杀伤"],
  births: ["births", "分裂"],
  apoptoses: ["apoptoses", "凋亡"],
  necroses: ["necroses", "坏死"],
  bound: ["{name} bound to a target", "结合靶细胞的 {name}"],
  caption: ["Living cells of each type, and events since the beginning, as counts.csv has them{thin}. Apoptoses include kills. The line marks {time}; a click in the figure goes to another moment.{beside}", "各类型存活细胞数及自开始以来的事件累计，取自 counts.csv{thin}。凋亡包括杀伤。竖线标出 {time}；点击图中位置可跳到该时刻。{beside}"],
  thin: [" ({n} rows)", "（{n} 行）"],
  dashed: [" Dashed: {name}.", "虚线：{name}。"],
  minute: ["time (min)", "时间（分钟）"],
  substances: ["Substances over time", "物质随时间的变化"],
  substanceCaption: ["Mean over the voxels of the domain; the band reaches from the lowest to the highest voxel.", "区域内体素的平均值；色带为体素的最低值至最高值。"],
});
const EVENTS = ["kills", "births", "apoptoses", "necroses"] as const;
const EVENT_COLOURS = ["#1f86cc", "#2a9d6f", "#d07a00", "#b04a9c"];

interface Line {
  name: string;
  colour: string;
  dash: string;
  values: (number | null)[];
  at: (number | null)[];
}
const column = (run: Run, name: string): (number | null)[] | null => {
  const k = run.counts.columns.indexOf(name);
  return k < 0 ? null : run.counts.values[k];
};

/** The moment that is looked at: placed by `moveCursor` without drawing the figure anew. */
function cursor(svg: SVGSVGElement, x: (minute: number) => number, minute: (x: number) => number, height: number, p: Tissue): void {
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("class", "cursor");
  line.setAttribute("y1", "18");
  line.setAttribute("y2", String(height - 34));
  line.setAttribute("stroke", "currentColor");
  line.setAttribute("stroke-opacity", "0.7");
  svg.append(line);
  const place = (now: number) => { line.setAttribute("x1", String(x(now))); line.setAttribute("x2", String(x(now))); };
  place(p.lesion.run.film[p.lesion.frame]?.minute ?? p.lesion.run.minutes);
  (svg as SVGSVGElement & { goTo?: (minute: number) => void }).goTo = place;
  svg.style.cursor = "pointer";
  svg.addEventListener("click", (e) => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    p.change({ minute: Math.max(0, minute((e.clientX - box.left) * scale)) });
  });
}
export function moveCursor(figure: string, minute: number): void {
  for (const svg of document.querySelectorAll<SVGSVGElement & { goTo?: (minute: number) => void }>(`#${figure} .drawing > svg`)) svg.goTo?.(minute);
}

/** Names at the ends of lines, pushed apart. */
function ends(lines: Line[], low: number, high: number, pixels: number): { name: string; colour: string; y: number; x: number }[] {
  const last = lines.filter((l) => l.name).map((l) => ({ name: l.name, colour: l.colour, y: [...l.values].reverse().find((v) => v !== null) ?? 0, x: l.at[l.at.length - 1] ?? 0 })).sort((a, b) => a.y - b.y);
  const gap = (15 * (high - low)) / pixels;
  for (let i = 1; i < last.length; i++) last[i].y = Math.max(last[i].y, last[i - 1].y + gap);
  for (let i = last.length - 1, top = high + gap / 4; i >= 0; i--, top -= gap) last[i].y = Math.min(last[i].y, top);
  return last;
}

function panel(p: Tissue, width: number, lines: Line[], label: string, height = 220): SVGSVGElement {
  const unit = timeUnit(p.lesion.run.planned), right = Math.min(190, 22 + 7.2 * Math.max(0, ...lines.map((l) => l.name.length)));
  const rows = lines.flatMap((l, k) => l.values.map((v, i) => ({ k, x: (l.at[i] ?? NaN) / unit.minutes, y: v })));
  const top = Math.max(1, ...rows.map((r) => r.y ?? 0)), end = Math.max(...rows.map((r) => r.x).filter(Number.isFinite), 0);
  const svg = plot({
    width, height, marginRight: right, marginTop: 26, marginBottom: 36,
    x: { label: unit.name, domain: [0, end || 1], labelAnchor: "center", labelArrow: "none" }, y: { label, domain: [0, top], grid: true, labelArrow: "none", nice: true },
    marks: [
      Plot.ruleY([0]),
      lines.map((l, k) => Plot.lineY(rows.filter((r) => r.k === k), { x: "x", y: "y", stroke: l.colour, strokeWidth: 2, strokeDasharray: l.dash })),
      Plot.text(ends(lines, 0, top, height - 62), { x: (d: { x: number }) => d.x / unit.minutes, y: "y", text: "name", textAnchor: "start", dx: 7, fontSize: 12.5 }),
      Plot.dot(ends(lines, 0, top, height - 62), { x: (d: { x: number }) => d.x / unit.minutes, y: "y", r: 3, fill: (d: { colour: string }) => d.colour }),
    ],
  });
  const left = 56, span = width - right - left, whole = end || 1;
  cursor(svg, (m) => left + (span * m) / unit.minutes / whole, (x) => ((x - left) / span) * whole * unit.minutes, height, p);
  return svg;
}

function livingLines(run: Run, colours: string[], dash: string, named: boolean): Line[] {
  const at = run.counts.values[0] ?? [];
  return run.types.flatMap((t, i) => {
    const values = column(run, `${t.name}.alive`);
    return values ? [{ name: named ? t.name : "", colour: colours[i], dash, values, at }] : [];
  });
}
function eventLines(run: Run, dash: string, named: boolean): Line[] {
  return EVENTS.flatMap((name, i) => {
    const values = column(run, name);
    return values && values.some((v) => v) ? [{ name: named ? T[name] : "", colour: EVENT_COLOURS[i], dash, values, at: run.counts.values[0] }] : [];
  });
}

function countsTable(run: Run): TableData {
  const names = run.counts.columns;
  return { columns: names.map((n, i) => ({ label: i === 0 ? T.minute : n, number: true })), rows: (run.counts.values[0] ?? []).map((_, row) => names.map((_n, k) => run.counts.values[k][row])) };
}

export const courseFigure: FigureSpec<Tissue> = {
  id: "counts",
  title: () => T.title,
  present: (p) => (p.lesion.run.counts.values[0]?.length ?? 0) > 1,
  draw: (p, width) => {
    const { lesion, beside } = p, living = livingLines(lesion.run, lesion.colours, "", true), events = eventLines(lesion.run, "", true);
    if (beside) {
      living.push(...livingLines(beside.run, beside.colours, "5 4", false));
      events.push(...eventLines(beside.run, "5 4", false));
    }
    const narrow = width < 760, one = narrow ? width : Math.floor(width / 2) - 8;
    return [...(living.length ? [panel(p, one, living, T.alive)] : []), ...(events.length ? [panel(p, one, events, T.events)] : [])];
  },
  caption: (p) => {
    const { run } = p.lesion, row = countsRow(run, run.film[p.lesion.frame]?.minute ?? run.minutes);
    return fill(T.caption, { thin: fill(T.thin, { n: run.counts.values[0].length }), time: time(run.counts.values[0][row] ?? 0), beside: p.beside ? fill(T.dashed, { name: p.beside.run.label }) : "" });
  },
  table: (p) => countsTable(p.lesion.run),
};

const SUBSTANCE = ["#1f86cc", "#a8701a", "#8463b8", "#4a7d1f"];

function substancePanel(p: Tissue, width: number, i: number): SVGSVGElement | null {
  const { run } = p.lesion, s = run.substances[i], at = run.counts.values[0], mean = column(run, `${s.name}.mean`), low = column(run, `${s.name}.min`), high = column(run, `${s.name}.max`);
  if (!mean) return null;
  const unit = timeUnit(run.planned), rows = mean.map((y, k) => ({ x: (at[k] ?? NaN) / unit.minutes, y, low: low?.[k] ?? y, high: high?.[k] ?? y })), end = Math.max(0, ...rows.map((r) => r.x)) || 1;
  const colour = SUBSTANCE[i % SUBSTANCE.length], right = 20, height = 190;
  const svg = plot({
    width, height, marginRight: right, marginTop: 26, marginBottom: 36,
    x: { label: unit.name, domain: [0, end], labelAnchor: "center", labelArrow: "none" }, y: { label: `${s.name}${unitText(s.unit) ? ` (${unitText(s.unit)})` : ""}`, grid: true, labelArrow: "none", zero: true },
    marks: [Plot.areaY(rows, { x: "x", y1: "low", y2: "high", fill: colour, fillOpacity: 0.18 }), Plot.lineY(rows, { x: "x", y: "y", stroke: colour, strokeWidth: 2 })],
  });
  const span = width - right - 56;
  cursor(svg, (m) => 56 + (span * m) / unit.minutes / end, (x) => ((x - 56) / span) * end * unit.minutes, height, p);
  return svg;
}

export const substanceFigure: FigureSpec<Tissue> = {
  id: "substances",
  title: () => T.substances,
  present: (p) => p.lesion.run.substances.some((s) => column(p.lesion.run, `${s.name}.mean`)) && (p.lesion.run.counts.values[0]?.length ?? 0) > 1,
  draw: (p, width) => {
    const narrow = width < 760, one = narrow ? width : Math.floor(width / 2) - 8;
    return p.lesion.run.substances.map((_, i) => substancePanel(p, one, i)).filter((s): s is SVGSVGElement => s !== null);
  },
  caption: () => T.substanceCaption,
  table: (p) => {
    const { run } = p.lesion, names = ["minute", ...run.substances.flatMap((s) => [`${s.name}.mean`, `${s.name}.min`, `${s.name}.max`])], all = names.map((n, i) => (i ? column(run, n) : run.counts.values[0]));
    return { columns: names.map((n, i) => ({ label: i ? n : T.minute, number: true })), rows: (run.counts.values[0] ?? []).map((_, row) => all.map((v) => v?.[row] ?? null)) };
  },
};
