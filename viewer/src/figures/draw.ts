/* SVG by hand, for figures that are rows of text beside small plots: what a grammar of graphics does not align. */
import { scaleLinear, scaleLog } from "d3";
import { scaleOf, significant, type Scale } from "../format";

const NS = "http://www.w3.org/2000/svg";
type Child = SVGElement | string | null | false;

export function el(name: string, attributes: Record<string, string | number | undefined>, ...children: Child[]): SVGElement {
  const e = document.createElementNS(NS, name);
  for (const [k, v] of Object.entries(attributes)) if (v !== undefined) e.setAttribute(k, typeof v === "number" ? String(Math.round(v * 100) / 100) : v);
  for (const c of children) if (c) e.append(c);
  return e;
}
export function sheet(width: number, height: number, ...children: Child[]): SVGSVGElement {
  return el("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-size": 13, "font-family": "system-ui, sans-serif", fill: "currentColor" }, ...children) as SVGSVGElement;
}
export function text(x: number, y: number, content: string, attributes: Record<string, string | number> = {}): SVGElement {
  return el("text", { x, y, ...attributes }, content);
}
/** What a pointer sees; also read by screen readers that enter the figure. */
export function hover(content: string): SVGElement {
  return el("title", {}, content);
}

/** Roughly how wide a text is, px: enough to wrap and to leave room; nothing is measured while drawing. */
export function textWidth(content: string, size = 13): number {
  let w = 0;
  for (const c of content) w += c > "\u2e7f" ? 1 : /[ iljtf.,:;'|!()[\]]/.test(c) ? 0.33 : /[mwMW%@]/.test(c) ? 0.9 : /[A-Z]/.test(c) ? 0.68 : 0.56;
  return w * size;
}
/** Lines no wider than `width`, at most `most`; what does not fit ends in an ellipsis. */
export function wrap(content: string, width: number, size = 13, most = 3): string[] {
  const parts = content.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    if (line && textWidth(line + part.trimEnd(), size) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += part;
  }
  if (line.trim()) lines.push(line.trimEnd());
  const kept = lines.slice(0, most).map((l) => cut(l, width, size));
  if (lines.length > most) kept[most - 1] = cut(`${kept[most - 1]} ${lines[most]}`, width, size, true);
  return kept;
}
function cut(line: string, width: number, size: number, always = false): string {
  if (!always && textWidth(line, size) <= width) return line;
  let out = line;
  while (out.length > 1 && textWidth(`${out}…`, size) > width) out = out.slice(0, -1);
  return `${out.trimEnd()}…`;
}
export function lines(x: number, y: number, all: string[], attributes: Record<string, string | number> = {}, step = 16): SVGElement {
  return el("text", { x, y, ...attributes }, ...all.map((l, i) => el("tspan", { x, dy: i ? step : 0 }, l)));
}

/** An axis of one quantity in its unit: positions, and labels in the unit that its values are read in. */
export interface Axis {
  at: (x: number) => number; // px
  ticks: { x: number; label: string }[];
  shown: Scale;
  domain: [number, number];
  log: boolean;
}
/** [low, high] of values with some air; null when there is nothing finite. */
export function extentOf(values: Iterable<number | null | undefined>, log: boolean): [number, number] | null {
  let low = Infinity, high = -Infinity;
  for (const v of values) {
    if (v === null || v === undefined || !Number.isFinite(v) || (log && v <= 0)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return null;
  if (log) {
    const air = Math.max(0.04 * Math.log(high / low), 0.05);
    return [low * Math.exp(-air), high * Math.exp(air)];
  }
  const air = high > low ? 0.04 * (high - low) : Math.max(Math.abs(low) * 0.2, 1e-3);
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
}

function logTicks(low: number, high: number, about: number): number[] {
  if (high < 4 * low) return scaleLinear([low, high], [0, 1]).ticks(about);
  const all: number[] = [], first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  for (const steps of [[1, 1.2, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    all.length = 0;
    for (let p = first; p <= last; p++) for (const s of steps) all.push(s * 10 ** p);
    const inside = all.filter((t) => t >= low && t <= high);
    if (inside.length <= about + 1) return inside;
  }
  const decades = all.filter((t) => t >= low && t <= high);
  const step = Math.ceil(decades.length / about);
  return decades.filter((_, i) => i % step === 0);
}

/** `about` ticks between pixels `from` and `to`. */
export function axis(domain: [number, number], unit: string, log: boolean, from: number, to: number, about: number): Axis {
  const shown = scaleOf(Math.max(Math.abs(domain[0]), Math.abs(domain[1])), unit);
  const f = shown.factor, read: [number, number] = [domain[0] * f, domain[1] * f];
  const s = log ? scaleLog(read, [from, to]) : scaleLinear(read, [from, to]);
  const values = log ? logTicks(read[0], read[1], about) : scaleLinear(read, [from, to]).ticks(about);
  return { at: (x) => s(x * f), ticks: values.map((t) => ({ x: s(t), label: significant(t) })), shown, domain, log };
}
/** The axis below its plot: a line, ticks and labels, the unit after the last label. */
export function axisMarks(a: Axis, y: number, end: number, size = 11): SVGElement {
  const g = el("g", { "font-size": size, "text-anchor": "middle", fill: "var(--soft)" });
  g.append(el("line", { x1: a.at(a.domain[0]), x2: end, y1: y, y2: y, stroke: "var(--line)" }));
  const last = a.ticks.length - 1;
  a.ticks.forEach((t, i) => {
    g.append(el("line", { x1: t.x, x2: t.x, y1: y, y2: y + 4, stroke: "var(--soft)" }));
    g.append(text(t.x, y + 15, i === last && a.shown.unit ? `${t.label} ${a.shown.unit}` : t.label));
  });
  return g;
}

export interface Bin {
  low: number;
  high: number;
  count: number;
}
/** Counts in even bins of [low, high]; on a log axis even in the logarithm. */
export function histogram(values: Iterable<number>, low: number, high: number, n: number, log = false): Bin[] {
  const place = log ? Math.log : (x: number) => x, back = log ? Math.exp : (x: number) => x;
  if (!(high > low)) {
    const near = Math.max(Math.abs(low) * 0.02, 1e-9);
    return [{ low: low - near, high: low + near, count: [...values].filter((v) => v === low).length }];
  }
  const a = place(low), step = (place(high) - a) / n;
  const bins = Array.from({ length: n }, (_, i) => ({ low: back(a + i * step), high: back(a + (i + 1) * step), count: 0 }));
  for (const v of values) {
    if (!Number.isFinite(v) || v < low || v > high) continue;
    bins[Math.min(n - 1, Math.floor((place(v) - a) / step))].count++;
  }
  return bins;
}

/** As a histogram; values on a coarse grid (shares of few patients) get a bin each, since even bins would make a comb of them. */
export function distribution(values: Float64Array, low: number, high: number, n: number, log = false): Bin[] {
  const inside = values.filter((v) => v >= low && v <= high).sort();
  const distinct = inside.filter((v, i) => i === 0 || v - inside[i - 1] > 1e-9 * Math.abs(v));
  if (log || distinct.length < 2 || distinct.length > 1.5 * n || inside.length < 3 * distinct.length) return histogram(inside, low, high, n, log);
  let gap = Infinity;
  for (let i = 1; i < distinct.length; i++) gap = Math.min(gap, distinct[i] - distinct[i - 1]);
  const most = Math.round((distinct[distinct.length - 1] - distinct[0]) / gap);
  if (most > 3 * n) return histogram(inside, low, high, n, log);
  let at = 0;
  return Array.from(distinct, (v) => {
    const bin = { low: v - gap / 2, high: v + gap / 2, count: 0 };
    while (at < inside.length && inside[at] <= v + gap / 4) (at++, bin.count++);
    return bin;
  });
}
