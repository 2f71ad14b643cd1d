/* The sum of diameters over time, one line for each patient. */
import * as Plot from "@observablehq/plot";
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import { fixed, significant } from "../format";
import { shownArms } from "../select";
import { plot, ticksOf, timeAxis, type TimeAxis } from "../ui/plot";
import { fill, words } from "../words";
import { cutoff, lastSeen, limits, visits, type LastSeen, type Visit } from "./course";
import { drawKey, layoutKey, type KeyItem, type SymbolName } from "./key";
import { remember } from "./remember";
import { evenly, fileNames, sentences, whom } from "./whom";

const T = words({
  title: ["Change of the tumour over time (spider)", "肿瘤随时间的变化（蜘蛛图）"],
  axis: ["change, %", "变化，%"],
  time: ["time, {unit}", "时间，{unit}"],
  n: ["{n} patients with an image", "{n} 名患者有影像评估"],
  thinned: ["{k} of {n} patients with an image, evenly chosen", "{n} 名有影像评估的患者中均匀选取 {k} 名"],
  partial: ["partial response", "部分缓解"],
  progression: ["progression, from the smallest sum", "进展（以最小总和为基准）"],
  target: ["progression of target lesions", "靶病灶进展"],
  fresh: ["progression with a new lesion", "进展伴新病灶"],
  death: ["died without progression", "未进展死亡"],
  none: ["last image, not progressed", "末次影像，未进展"],
  caption: [
    "Each line is one simulated patient: the sum of the diameters of target lesions at each image, as change from baseline, up to progression or the last image. Its end says why it ends. Lines become fewer with time because images stop at progression, death and loss: those who stay are the better ones. Changes above the axis are drawn at its edge.",
    "每条线代表一名模拟患者：各次影像上靶病灶直径总和相对基线的变化，至进展或末次影像为止。线末符号说明终止原因。影像检查在进展、死亡或失访后停止，因此线随时间减少，留下的是预后较好者。超出坐标轴的变化画在边缘。",
  ],
  arm: ["arm", "组别"],
  day: ["day", "天"],
  change: ["change, %", "变化，%"],
  response: ["response at this image", "本次影像评估"],
  lesion: ["new lesion", "新病灶"],
  yes: ["yes", "是"],
  no: ["no", "否"],
});

interface Line {
  row: number;
  arm: number;
  visits: Visit[];
  end: LastSeen;
}

const ENDS: { end: LastSeen; symbol: SymbolName; hollow?: boolean }[] = [
  { end: "progression", symbol: "times" },
  { end: "new lesion", symbol: "star" },
  { end: "death", symbol: "square" },
  { end: "none", symbol: "circle", hollow: true },
];
const MOST = 150, TOP = 120;

function endText(end: LastSeen): string {
  return { progression: T.target, "new lesion": T.fresh, death: T.death, none: T.none }[end];
}

const lines = remember((p: Page): Line[] => {
  const { model } = p, cut = cutoff(p.view);
  if (!model.patients) return [];
  return p.selection.rows
    .map((row) => ({ row, arm: model.patients!.arm[row], visits: visits(model, row, cut).filter((v) => Number.isFinite(v.change)) }))
    .filter((l) => l.visits.length > 0)
    .map((l) => ({ ...l, end: lastSeen(model, l.visits, l.row, cut) }));
});

interface Point {
  row: number;
  x: number;
  y: number;
  text: string;
}

function marks(p: Page, shown: Line[], colour: string, t: TimeAxis, top: number): Plot.Markish[] {
  const { shrink, grow } = limits(p);
  const at = (l: Line, v: Visit): Point => {
    const who = fileNames(p.model.patients!, l.row);
    const end = v === l.visits[l.visits.length - 1] ? `\n${endText(l.end)}` : "";
    return { row: l.row, x: t.scale(v.day), y: Math.min(v.change, top), text: `REPLICATE ${who.replicate}, PATIENT ${who.patient}\n${fixed(t.scale(v.day), 1)} ${t.unit}: ${fixed(v.change, 1)} %, ${v.response}${end}` };
  };
  const points = shown.flatMap((l) => [{ row: l.row, x: 0, y: 0, text: "" }, ...l.visits.map((v) => at(l, v))]);
  const ends = shown.map((l) => ({ ...at(l, l.visits[l.visits.length - 1]), end: l.end }));
  const inside = (x: number) => x >= t.domain[0] - 1e-9 && x <= t.domain[1] + 1e-9;
  return [
    Plot.ruleY([0]),
    Plot.ruleY([shrink, grow], { strokeDasharray: "5 4", stroke: "currentColor" }),
    Plot.line(points, { x: "x", y: "y", z: "row", stroke: colour, strokeOpacity: shown.length > 60 ? 0.45 : 0.65, strokeWidth: 1.2, clip: true }),
    ...ENDS.map((e) => Plot.dot(ends.filter((d) => d.end === e.end && inside(d.x)), { x: "x", y: "y", symbol: e.symbol, r: 3.4, fill: e.hollow ? "var(--ground)" : colour, stroke: e.symbol === "times" || e.symbol === "star" ? "currentColor" : colour, strokeWidth: 1 })),
    Plot.text([shrink], { y: (d: number) => d, text: (d: number) => `${fixed(d, 0).replace("-", "−")} % ${T.partial}`, frameAnchor: "right", dx: -4, dy: 9, textAnchor: "end", stroke: "var(--ground)", strokeWidth: 4, fill: "currentColor" }),
    Plot.text([grow], { y: (d: number) => d, text: (d: number) => `+${fixed(d, 0)} % ${T.progression}`, frameAnchor: "right", dx: -4, dy: -9, textAnchor: "end", stroke: "var(--ground)", strokeWidth: 4, fill: "currentColor" }),
    Plot.tip(points.filter((d) => d.text && inside(d.x)), Plot.pointer({ x: "x", y: "y", title: "text" })),
  ];
}

function panel(p: Page, arm: number, mine: Line[], width: number, most: number, t: TimeAxis, top: number): SVGSVGElement {
  const colour = p.model.colour(arm);
  const shown = evenly(mine, most);
  const head: KeyItem[] = [{ text: p.model.arms[arm], sign: "band", colour, bold: true }, { text: fill(shown.length < mine.length ? T.thinned : T.n, { n: mine.length, k: shown.length }), sign: "none" }];
  const key: KeyItem[] = ENDS.filter((e) => shown.some((l) => l.end === e.end)).map((e) => ({ text: endText(e.end), sign: e.symbol, hollow: e.hollow, colour: e.symbol === "times" ? undefined : colour }));
  const rows = [layoutKey(head, 0, width).height, layoutKey(key, 0, width).height];
  const svg = plot({
    width, height: 270 + rows[0] + rows[1], marginTop: rows[0] + rows[1] + 12, marginBottom: 40, marginRight: 12,
    x: { label: fill(T.time, { unit: t.unit }), labelAnchor: "center", labelArrow: "none", domain: t.domain, ticks: ticksOf(t.domain, width > 600 ? 12 : 6), tickFormat: (x: number) => significant(x) },
    y: { label: T.axis, labelAnchor: "center", labelArrow: "none", domain: [-104, top], ticks: [-100, -50, 0, 50, 100].filter((v) => v <= top), grid: true },
    marks: marks(p, shown, colour, t, top),
  });
  drawKey(svg, head, 0, width, 2);
  drawKey(svg, key, 0, width, rows[0] + 2);
  return svg;
}

export const spider: FigureSpec = {
  id: "spider",
  title: () => T.title,
  present: (p) => !!p.model.patients && p.model.patients.visits.numbers("PCHG").some(Number.isFinite),
  draw(p, width) {
    const all = lines(p);
    if (!all.length) return [];
    const arms = shownArms(p.model, p.view).filter((a) => all.some((l) => l.arm === a));
    const t = timeAxis(p.view, Math.max(...all.map((l) => l.visits[l.visits.length - 1].day)));
    const top = Math.min(TOP, Math.max(40, ...all.map((l) => Math.max(...l.visits.map((v) => v.change)))));
    return arms.map((a) => panel(p, a, all.filter((l) => l.arm === a), width, Math.floor(MOST / arms.length), t, top));
  },
  caption: (p) => sentences(T.caption, whom(p)),
  table: (p) => ({
    columns: [{ label: "REPLICATE", number: true }, { label: "PATIENT", number: true }, { label: T.arm }, { label: T.day, number: true }, { label: T.change, number: true }, { label: T.response }, { label: T.lesion }],
    rows: lines(p).flatMap((l) => {
      const who = fileNames(p.model.patients!, l.row);
      return l.visits.map((v) => [who.replicate, who.patient, p.model.arms[l.arm], { show: fixed(v.day, 1), raw: v.day }, { show: fixed(v.change, 1), raw: v.change }, v.response, v.newLesion ? T.yes : T.no]);
    }),
  }),
};
