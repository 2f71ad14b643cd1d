/* One number of each patient, as a histogram for each arm below each other on one axis. */
import { count, fixed, significant } from "../format";
import type { Page } from "../ui/context";
import type { TableData } from "../ui/table";
import { fill, words } from "../words";
import { axis, axisMarks, distribution, el, extentOf, hover, lines, sheet, text, wrap, type Bin } from "./draw";
import { prefersLog } from "./measures";

const T = words({
  told: ["n {n}, mean {m}, sd {s}", "n {n}，均值 {m}，标准差 {s}"],
  stated: ["stated: {m} ± {s}", "设定：{m} ± {s}"],
  arm: ["arm", "组别"],
  from: ["from", "起"],
  to: ["to", "止"],
  patients: ["patients", "患者数"],
  share: ["share", "比例"],
});

export interface ArmValues {
  arm: number;
  values: Float64Array;
}
interface Quantity {
  unit: string;
  label: string;
  stated?: { mean: number; sd: number } | null; // what the distribution itself says
}

function meanSd(x: Float64Array): { mean: number; sd: number } {
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  const sd = x.length > 1 ? Math.sqrt(x.reduce((s, v) => s + (v - mean) ** 2, 0) / (x.length - 1)) : NaN;
  return { mean, sd };
}

/** Bins of all arms on the same grid. */
function bins(all: ArmValues[]): { of: Bin[][]; domain: [number, number]; log: boolean } | null {
  let low = Infinity, high = -Infinity;
  for (const a of all) for (const v of a.values) (v < low && (low = v), v > high && (high = v));
  if (low > high) return null;
  const few = new Set<number>();
  for (const a of all) for (const v of a.values) if (few.size < 40) few.add(v);
  const log = low > 0 && few.size >= 40 && prefersLog("", [low, high]), domain = extentOf([low, high], log)!;
  // Whole numbers and other coarse values get a bin each: of all arms together, so that the bins are the same.
  const pooled = Float64Array.from(all.flatMap((a) => [...a.values])), least = Math.min(...all.map((a) => a.values.length));
  const grid = distribution(pooled, low, high, Math.min(40, Math.max(8, Math.ceil(1.6 * Math.sqrt(least)))), log);
  const of = all.map((a) => {
    const sorted = a.values.slice().sort();
    let at = 0;
    return grid.map((b, i) => {
      const from = at;
      while (at < sorted.length && (sorted[at] < b.high || i === grid.length - 1)) at++;
      return { low: b.low, high: b.high, count: at - from };
    });
  });
  return { of, domain: [Math.min(domain[0], grid[0].low), Math.max(domain[1], grid[grid.length - 1].high)], log };
}

export function armHistograms(p: Page, all: ArmValues[], q: Quantity, width: number): SVGSVGElement[] {
  const b = bins(all);
  if (!b) return [];
  const left = 10, right = width - 40, tall = 62, a = axis(b.domain, q.unit, b.log, left, right, width > 560 ? 9 : 4);
  const parts: SVGElement[] = [];
  let y = 0;
  all.forEach((one, i) => {
    const { mean, sd } = meanSd(one.values), f = a.shown.factor, colour = p.model.colour(one.arm);
    const head = wrap(`${p.model.arms[one.arm]} (${fill(T.told, { n: count(one.values.length), m: significant(f * mean), s: significant(f * sd) })})`, 0.88 * width, 13, 2);
    const top = y + 17 * head.length + 6, base = top + tall, most = Math.max(...b.of[i].map((x) => x.count), 1);
    parts.push(lines(0, y + 14, head, { "font-weight": 600 }, 17));
    for (const bin of b.of[i]) {
      if (!bin.count) continue;
      const x = a.at(Math.max(bin.low, a.domain[0])), wide = Math.max(1, a.at(bin.high) - x - 0.8), high = (tall * bin.count) / most;
      parts.push(el("rect", { x, y: base - high, width: wide, height: high, fill: colour, "fill-opacity": 0.6 }, hover(`${significant(f * bin.low)} … ${significant(f * bin.high)}: ${count(bin.count)} (${fixed((100 * bin.count) / one.values.length, 1)} %)`)));
    }
    if (q.stated && q.stated.mean >= b.domain[0] && q.stated.mean <= b.domain[1]) {
      const x = a.at(q.stated.mean), from = a.at(Math.max(q.stated.mean - q.stated.sd, b.domain[0])), to = a.at(Math.min(q.stated.mean + q.stated.sd, b.domain[1]));
      parts.push(el("path", { d: `M${x} ${top - 2}V${base}M${from} ${top + 1}H${to}`, stroke: "currentColor", "stroke-dasharray": "4 3", fill: "none" }, hover(fill(T.stated, { m: significant(f * q.stated.mean), s: significant(f * q.stated.sd) }))));
    }
    parts.push(axisMarks(a, base, right));
    y = base + 26;
  });
  parts.push(text((left + right) / 2, y + 10, q.label, { "font-size": 12, "text-anchor": "middle" }));
  return [sheet(width, y + 18, ...parts)];
}

export function histogramRows(p: Page, all: ArmValues[], unit: string): TableData {
  const b = bins(all), label = unit === "1" || !unit ? "" : ` (${unit})`;
  return {
    columns: [{ label: T.arm }, { label: T.from + label, number: true }, { label: T.to + label, number: true }, { label: T.patients, number: true }, { label: T.share, number: true }],
    rows: all.flatMap((one, i) => (b ? b.of[i] : []).map((x) => [p.model.arms[one.arm], { show: significant(x.low), raw: x.low }, { show: significant(x.high), raw: x.high }, x.count, { show: `${fixed((100 * x.count) / one.values.length, 1)} %`, raw: x.count / one.values.length }])),
  };
}
