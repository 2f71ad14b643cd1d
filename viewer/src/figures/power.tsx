/* How often a trial of another size finds a difference. */
import * as Plot from "@observablehq/plot";
import type { Power } from "../data";
import { count, fixed } from "../format";
import { SYMBOLS } from "../model";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { Interval } from "../ui/num";
import { plot } from "../ui/plot";
import { fill, words } from "../words";
import { textWidth, wrap } from "./draw";
import { drawKey, layoutKey, type KeyItem } from "./key";

const T = words({
  title: ["Power and sample size", "检验效能与样本量"],
  x: ["patients of both arms together", "两组患者总数"],
  y: ["replicates with p < 0.05, %", "p < 0.05 的重复比例，%"],
  against: ["{a} against {b}", "{a} 对比 {b}"],
  of: ["{name}, {arms}: p < 0.05 in", "{name}，{arms}：p < 0.05 的比例"],
  PFS_logrank_p: ["PFS, log-rank test", "PFS，对数秩检验"],
  RFS_logrank_p: ["RFS, log-rank test", "RFS，对数秩检验"],
  OS_logrank_p: ["OS, log-rank test", "OS，对数秩检验"],
  ORR_fisher_p: ["ORR, Fisher's exact test", "ORR，Fisher 精确检验"],
  with: ["{n} patients", "{n} 名患者"],
  caption: [
    "Points: share of the {n} virtual trials in which the test gives p < 0.05, two-sided, with exact 95 % intervals. Smaller trials are the first patients of each arm of every replicate, followed as long.",
    "点：{n} 次虚拟试验中检验 p < 0.05（双侧）的比例及其 95 % 精确区间。较小的试验取每次重复各组的前若干名患者，随访时间相同。",
  ],
  larger: [
    "Dashed: this size and larger ones, by a normal approximation from the spread of these replicates, not simulated.",
    "虚线：本规模及更大规模的试验，由这些重复的离散程度按正态近似推算，并未模拟。",
  ],
  beware: [
    "This is power averaged over what is unknown, in either direction: the table says which share favours the arm, and that does not approach 100 % where what is unknown decides. Horizontal lines: 80 and 90 %.",
    "这是对未知因素取平均的效能，两个方向的差异均计入；表中列出其中有利于该组的比例：若结果取决于未知因素，扩大试验也不会使该比例接近 100 %。水平线：80 % 与 90 %。",
  ],
  space: [" ", ""],
  arm: ["comparison", "比较"],
  test: ["test", "检验"],
  patients: ["patients", "患者数"],
  n: ["replicates", "重复次数"],
  hits: ["with p < 0.05", "p < 0.05 次数"],
  share: ["share", "比例"],
  low: ["low", "下限"],
  high: ["high", "上限"],
  better: ["favours the arm", "有利于该组"],
  how: ["how", "方法"],
  counted: ["counted", "计数"],
  approximate: ["approximation", "近似"],
});

const list = (p: Page): Power[] => (p.model.summary.power ?? []).filter((c) => !p.view.hidden.includes(p.model.armIndex(c.arm)));
function testName(c: Power): string {
  const known = ["PFS_logrank_p", "RFS_logrank_p", "OS_logrank_p", "ORR_fisher_p"] as const;
  const k = known.find((m) => m === c.measure);
  return k ? T[k] : c.measure;
}
const pair = (c: Power) => fill(T.against, { a: c.arm, b: c.against });

interface Point {
  x: number;
  y: number;
  low: number;
  high: number;
  series: number;
  told: string;
}
function points(c: Power, series: number): Point[] {
  return c.sizes.map((s) => ({
    x: s.patients, y: 100 * s.share, low: 100 * s.low, high: 100 * s.high, series,
    told: `${testName(c)}\n${count(s.patients)}: ${fixed(100 * s.share, 1)} % [${fixed(100 * s.low, 1)}, ${fixed(100 * s.high, 1)}]`,
  }));
}
/** The approximate curve; it does not join the counted points, so that one sees how well it meets them. */
function beyond(c: Power, series: number): { x: number; y: number; series: number }[] {
  return (c.larger ?? []).map((l) => ({ x: l.patients, y: 100 * l.share, series }));
}

/** Labels at the right end, moved apart where they would lie on each other; `step` in % of the axis. */
export function apart(y: number[], step: number, top: number): number[] {
  const order = y.map((_, i) => i).sort((a, b) => y[a] - y[b]);
  const out = [...y];
  for (let k = 1; k < order.length; k++) out[order[k]] = Math.max(out[order[k]], out[order[k - 1]] + step);
  const over = order.length ? out[order[order.length - 1]] - top : 0;
  if (over > 0) {
    let limit = top;
    for (let k = order.length - 1; k >= 0; k--) {
      out[order[k]] = Math.min(out[order[k]], limit);
      limit = out[order[k]] - step;
    }
  }
  return out;
}

function panel(p: Page, all: Power[], width: number): SVGSVGElement {
  const dots = all.flatMap(points), curves = all.flatMap(beyond), wide = width >= 620;
  const names = all.map((c) => testName(c));
  const key = wide ? [] : names.map((name, i): KeyItem => ({ text: name, sign: SYMBOLS[i % SYMBOLS.length], hollow: true }));
  const head = wrap(pair(all[0]), 0.88 * width, 13, 3), above = layoutKey(key, 0, width).height + 16 * (head.length - 1), marginTop = 52 + above, height = 310 + marginTop, marginBottom = 44;
  const ends = all.map((_, i) => [...dots, ...curves].filter((d) => d.series === i).reduce((a, b) => (b.x >= a.x ? b : a)));
  const place = apart(ends.map((e) => e.y), (100 * 16) / (height - marginTop - marginBottom), 102);
  const room = wide ? Math.max(...names.map((n) => textWidth(n, 12))) + 14 : 16;
  const colour = p.model.colour(Math.max(0, p.model.armIndex(all[0].arm)));
  const svg = plot({
    width, height, marginRight: room, marginTop, marginBottom,
    x: { label: T.x, domain: [0, Math.max(...ends.map((e) => e.x))], labelAnchor: "center", labelArrow: "none", ticks: width < 500 ? 4 : 8 },
    y: { label: null, domain: [0, 100], grid: true, labelArrow: "none" },
    symbol: { domain: all.map((_, i) => i), range: all.map((_, i) => SYMBOLS[i % SYMBOLS.length]) },
    marks: [
      Plot.ruleY([80, 90], { strokeDasharray: "2 3", stroke: "var(--soft)" }),
      Plot.ruleY([0]),
      Plot.line(curves, { x: "x", y: "y", z: "series", stroke: colour, strokeDasharray: "6 4", strokeWidth: 1.6 }),
      Plot.line(dots, { x: "x", y: "y", z: "series", stroke: colour, strokeWidth: 1.6 }),
      Plot.ruleX(dots, { x: "x", y1: "low", y2: "high", stroke: "currentColor", strokeWidth: 1.2 }),
      Plot.dot(dots, { x: "x", y: "y", symbol: "series", r: 4.5, stroke: "currentColor", fill: "var(--ground)", strokeWidth: 1.5, title: "told", tip: true }),
      wide ? Plot.text(names.map((name, i) => ({ name, x: ends[i].x, y: place[i] })), { x: "x", y: "y", text: "name", dx: 10, textAnchor: "start", fontSize: 12 }) : null,
      Plot.text([head.join("\n")], { frameAnchor: "top-left", lineAnchor: "top", lineHeight: 1.2, dx: -50, dy: 2 - marginTop, fontWeight: 600 }),
      Plot.text([T.y], { frameAnchor: "top-left", dx: -50, dy: -22 }),
    ],
  });
  drawKey(svg, key, 4, width, 4 + 16 * head.length);
  return svg;
}

/** By pair of arms. */
function groups(p: Page): Power[][] {
  const out = new Map<string, Power[]>();
  for (const c of list(p)) out.set(pair(c), [...(out.get(pair(c)) ?? []), c]);
  return [...out.values()];
}

function Planned({ p }: { p: Page }) {
  const all = p.model.summary.power ?? [];
  return (
    <ul class="beside">
      {all.map((c, i) => {
        const k = c.sizes.length - 1, path = `power.${i}.sizes.${k}`;
        if (!list(p).includes(c) || k < 0) return null;
        return <li>{fill(T.of, { name: testName(c), arms: pair(c) })} <Interval x={`${path}.share`} low={`${path}.low`} high={`${path}.high`} unit="share" /> ({fill(T.with, { n: count(c.sizes[k].patients) })})</li>;
      })}
    </ul>
  );
}

export const power: FigureSpec = {
  id: "power",
  title: () => T.title,
  present: (p) => p.model.summary.replicates > 1 && (p.model.summary.power ?? []).some((c) => c.sizes.length > 0),
  draw: (p, width) => groups(p).map((g) => panel(p, g, width)),
  beside: (p) => <Planned p={p} />,
  caption: (p) => [fill(T.caption, { n: count(p.model.summary.replicates) }), list(p).some((c) => c.larger?.length) ? T.larger : "", T.beware].filter(Boolean).join(T.space),
  table: (p) => ({
    columns: [{ label: T.arm }, { label: T.test }, { label: T.patients, number: true }, { label: T.n, number: true }, { label: T.hits, number: true }, { label: T.share, number: true }, { label: T.low, number: true }, { label: T.high, number: true }, { label: T.better, number: true }, { label: T.how }],
    rows: list(p).flatMap((c) => {
      const name = testName(c), share = (x: number) => ({ show: `${fixed(100 * x, 1)} %`, raw: x });
      return [
        ...c.sizes.map((s) => [pair(c), name, s.patients, s.replicates, s.significant, share(s.share), share(s.low), share(s.high), share(s.better / s.replicates), T.counted]),
        ...(c.larger ?? []).map((s) => [pair(c), name, s.patients, null, null, share(s.share), null, null, share(s.better), T.approximate]),
      ];
    }),
  }),
};
