/* Time in the study of single patients: response, progression, death, doses. */
import * as Plot from "@observablehq/plot";
import type { FigureSpec } from "../ui/figure";
import { usePage, type Page } from "../ui/context";
import { fixed, significant } from "../format";
import { RESPONSES } from "../score/score";
import { shownArms } from "../select";
import { plot, ticksOf, timeAxis, type TimeAxis } from "../ui/plot";
import { fill, words } from "../words";
import { cutoff, doses, eventDay, lastSeen, visits, type Dose } from "./course";
import { drawKey, layoutKey, type KeyItem, type SymbolName } from "./key";
import { remember } from "./remember";
import { evenly, fileNames, sentences, whom } from "./whom";

const T = words({
  title: ["Patients one by one (swimmer)", "逐例患者（泳道图）"],
  time: ["time, {unit}", "时间，{unit}"],
  n: ["{n} patients", "{n} 名患者"],
  thinned: ["{k} of {n} patients, evenly chosen in this order", "按此顺序从 {n} 名患者中均匀选取 {k} 名"],
  order: ["order by", "排序"],
  os: ["overall survival (OS)", "总生存期（OS）"],
  pfs: ["progression-free survival (PFS)", "无进展生存期（PFS）"],
  rfs: ["recurrence-free survival (RFS)", "无复发生存期（RFS）"],
  dor: ["duration of response (DoR)", "缓解持续时间（DoR）"],
  alive: ["under observation", "随访期"],
  response: ["in response", "缓解期"],
  pr: ["partial response begins", "部分缓解（PR）开始"],
  cr: ["complete response begins", "完全缓解（CR）开始"],
  pd: ["progression", "进展"],
  recurrence: ["recurrence", "复发"],
  fresh: ["progression with a new lesion", "进展伴新病灶"],
  death: ["death", "死亡"],
  dropout: ["left the study", "退出研究"],
  goesOn: ["alive at the end", "结束时存活"],
  cells: ["infusion of cells", "细胞输注"],
  drug: ["other dose", "其他给药"],
  rescue: ["rescue dose", "挽救给药"],
  caption: [
    "Each bar is one simulated patient from the start of treatment to death or the end of observation; the full colour: in response. Signs say what happened and when.",
    "每条横条代表一名模拟患者，从治疗开始至死亡或随访结束；实色表示处于缓解期。符号表示发生的事件及其时间。",
  ],
  caveat: ["Responders must live to respond: that responses stand on long bars is no evidence that they made them long.", "患者须存活足够久才可能出现缓解：缓解多见于长条，并不能证明缓解延长了生存。"],
  arm: ["arm", "组别"],
  best: ["best response", "最佳疗效"],
  osDay: ["OS or observed, days", "OS 或随访，天"],
  died: ["died", "死亡"],
  pfsDay: ["{x}, days", "{x}，天"],
  event: ["{x} event", "{x} 事件"],
  ttr: ["response begins, day", "缓解开始，天"],
  infusions: ["infusions of cells", "细胞输注次数"],
  others: ["other doses", "其他给药次数"],
  yes: ["yes", "是"],
  no: ["no", "否"],
});

type Order = "os" | "pfs" | "dor";
const ORDERS: Order[] = ["os", "pfs", "dor"];
const MOST = 60, ROW = 11; // patients; px
const HALF = 0.4; // of a bar, in rows

interface Swimmer {
  row: number;
  arm: number;
  os: number;
  dead: boolean;
  left: boolean; // dropped out
  pfs: number;
  pfsEvent: boolean;
  best: string;
  response: number; // day it begins; NaN: none
  end: number; // of the response
  complete: number; // day of the first complete response that counts; NaN: none
  progression: number; // day of the progression visit; NaN: none
  newLesion: boolean;
}

function orders(p: Page): Order[] {
  const s = p.scores;
  return s && p.selection.rows.some((r) => Number.isFinite(s.ttr[r])) ? ORDERS : s && p.selection.rows.some((r) => Number.isFinite(s.pfs[r])) ? ["os", "pfs"] : ["os"];
}
function orderOf(p: Page): Order {
  const chosen = p.view.pick.swimmer as Order;
  return orders(p).includes(chosen) ? chosen : "os";
}

function swimmer(p: Page, row: number, cut: number): Swimmer {
  const { model } = p, s = p.scores!;
  const seen = visits(model, row, cut), last = lastSeen(model, seen, row, cut);
  const response = s.ttr[row], best = RESPONSES[s.best[row]] ?? "";
  const complete = best === "CR" ? (seen.find((v) => v.response === "CR" && v.day >= response)?.day ?? NaN) : NaN;
  return {
    row, arm: model.patients!.arm[row], os: s.os[row], dead: s.osEvent[row] === 1, left: eventDay(model, row, "dropout") <= cut,
    pfs: s.pfs[row], pfsEvent: s.pfsEvent[row] === 1, best, response, end: response + s.dor[row], complete,
    progression: last === "progression" || last === "new lesion" ? seen[seen.length - 1].day : NaN, newLesion: last === "new lesion",
  };
}

const swimmers = remember((p: Page): Swimmer[] => {
  if (!p.scores) return [];
  const cut = cutoff(p.view), order = orderOf(p);
  const of = (s: Swimmer) => (order === "os" ? s.os : order === "pfs" ? s.pfs : s.end - s.response);
  const size = (s: Swimmer) => (Number.isFinite(of(s)) ? of(s) : -1);
  return p.selection.rows.map((r) => swimmer(p, r, cut)).filter((s) => Number.isFinite(s.os)).sort((a, b) => a.arm - b.arm || size(b) - size(a) || b.os - a.os || a.row - b.row);
});

interface Sign {
  i: number;
  day: number;
}
const SIGNS: { is: (s: Swimmer) => number; text: (recurs: boolean) => string; symbol: SymbolName; hollow?: boolean }[] = [
  { is: (s) => (s.response < s.complete || !Number.isFinite(s.complete) ? s.response : NaN), text: () => T.pr, symbol: "triangle", hollow: true },
  { is: (s) => s.complete, text: () => T.cr, symbol: "triangle" },
  { is: (s) => (s.newLesion ? NaN : s.progression), text: (recurs) => (recurs ? T.recurrence : T.pd), symbol: "times" },
  { is: (s) => (s.newLesion ? s.progression : NaN), text: (recurs) => (recurs ? T.recurrence : T.fresh), symbol: "star" },
  { is: (s) => (s.dead ? s.os : NaN), text: () => T.death, symbol: "square" },
  { is: (s) => (!s.dead && s.left ? s.os : NaN), text: () => T.dropout, symbol: "diamond", hollow: true },
];

interface Row extends Swimmer {
  i: number;
}

function tipText(p: Page, s: Swimmer, t: TimeAxis): string {
  const who = fileNames(p.model.patients!, s.row);
  const time = (day: number) => `${fixed(t.scale(day), 1)} ${t.unit}`;
  const lines = [`REPLICATE ${who.replicate}, PATIENT ${who.patient}`, `${s.dead ? T.death : s.left ? T.dropout : T.goesOn}: ${time(s.os)}`];
  if (Number.isFinite(s.pfs)) lines.push(`PFS: ${time(s.pfs)}${s.pfsEvent ? "" : "+"}`);
  if (s.best) lines.push(`${T.best}: ${s.best}`);
  return lines.join("\n");
}

function marks(p: Page, shown: Row[], given: Map<number, Dose[]>, colour: string, t: TimeAxis): Plot.Markish[] {
  const [from, to] = t.domain;
  const hold = (x: number) => Math.min(Math.max(x, from), to);
  const inside = (day: number) => t.scale(day) >= from - 1e-9 && t.scale(day) <= to + 1e-9;
  const bars = shown.filter((s) => t.scale(s.os) > from);
  // One path for all ticks of a kind: doses are many.
  const ticks = (kind: Dose["kind"], top: number, width: number) => {
    const at = shown.flatMap((s) => (given.get(s.row) ?? []).filter((d) => d.kind === kind && inside(d.day)).flatMap((d) => [[t.scale(d.day), s.i + top], [t.scale(d.day), s.i + HALF], [NaN, NaN]]));
    return Plot.line(at as [number, number][], { stroke: "currentColor", strokeWidth: width, strokeDasharray: kind === "rescue" ? "1.5 1.5" : undefined });
  };
  const band = { y1: (s: Row) => s.i - HALF, y2: (s: Row) => s.i + HALF };
  return [
    Plot.rect(bars, { ...band, x1: hold(t.scale(0)), x2: (s: Row) => hold(t.scale(s.os)), fill: colour, fillOpacity: 0.3 }),
    Plot.rect(bars.filter((s) => s.end > s.response), { ...band, x1: (s: Row) => hold(t.scale(s.response)), x2: (s: Row) => hold(t.scale(s.end)), fill: colour, fillOpacity: 0.9 }),
    ticks("drug", 0.15, 0.7),
    ticks("cells", -HALF, 1.3),
    ticks("rescue", -HALF, 1.5),
    ...SIGNS.map((k) => Plot.dot(shown.map((s): Sign => ({ i: s.i, day: k.is(s) })).filter((d) => inside(d.day)), { x: (d: Sign) => t.scale(d.day), y: "i", symbol: k.symbol, r: 3.6, fill: k.hollow ? "var(--ground)" : "currentColor", stroke: k.symbol === "times" || k.hollow ? "currentColor" : "var(--ground)", strokeWidth: k.symbol === "times" ? 1.8 : 0.9 })),
    Plot.text(shown.filter((s) => !s.dead && !s.left && inside(s.os)), { x: (s: Row) => t.scale(s.os), y: "i", text: () => "→", textAnchor: "start", dx: 1, fontSize: 13, fill: "currentColor" }),
    Plot.ruleX([hold(t.scale(0))]),
    Plot.tip(bars, Plot.pointerY({ x: (s: Row) => hold(t.scale(s.os)), y: "i", title: (s: Row) => tipText(p, s, t) })),
  ];
}

function keyOf(shown: Row[], given: Map<number, Dose[]>, colour: string, recurs: boolean): KeyItem[] {
  const has = (kind: Dose["kind"]) => shown.some((s) => given.get(s.row)?.some((d) => d.kind === kind));
  const items: KeyItem[] = [{ text: T.alive, sign: "band", colour, opacity: 0.3 }];
  if (shown.some((s) => Number.isFinite(s.response))) items.push({ text: T.response, sign: "band", colour, opacity: 0.9 });
  for (const k of SIGNS) if (shown.some((s) => Number.isFinite(k.is(s)))) items.push({ text: k.text(recurs), sign: k.symbol, hollow: k.hollow });
  if (shown.some((s) => !s.dead && !s.left)) items.push({ text: T.goesOn, sign: "text", glyph: "→" });
  if (has("cells")) items.push({ text: T.cells, sign: "tick" });
  if (has("drug")) items.push({ text: T.drug, sign: "text", glyph: "ˌ" });
  if (has("rescue")) items.push({ text: T.rescue, sign: "text", glyph: "┊" });
  return items;
}

function panel(p: Page, arm: number, mine: Swimmer[], width: number, most: number, t: TimeAxis): SVGSVGElement {
  const colour = p.model.colour(arm), cut = cutoff(p.view);
  const shown: Row[] = evenly(mine, most).map((s, i) => ({ ...s, i }));
  const given = new Map(shown.map((s) => [s.row, doses(p.model, s.row, cut)]));
  const head: KeyItem[] = [{ text: p.model.arms[arm], sign: "band", colour, bold: true }, { text: fill(shown.length < mine.length ? T.thinned : T.n, { n: mine.length, k: shown.length }), sign: "none" }];
  const key = keyOf(shown, given, colour, p.model.recurrence);
  const rows = [layoutKey(head, 0, width).height, layoutKey(key, 0, width).height];
  const svg = plot({
    width, height: shown.length * ROW + rows[0] + rows[1] + 56, marginTop: rows[0] + rows[1] + 10, marginBottom: 44, marginLeft: 10, marginRight: 22,
    x: { label: fill(T.time, { unit: t.unit }), labelAnchor: "center", labelArrow: "none", domain: t.domain, ticks: ticksOf(t.domain, width > 600 ? 14 : 6), tickFormat: (x: number) => significant(x), grid: true },
    y: { axis: null, domain: [-0.6, shown.length - 0.4], reverse: true },
    marks: marks(p, shown, given, colour, t),
  });
  drawKey(svg, head, 0, width, 2);
  drawKey(svg, key, 0, width, rows[0] + 2);
  return svg;
}

function Choice() {
  const p = usePage();
  const names = { os: T.os, pfs: p.model.recurrence ? T.rfs : T.pfs, dor: T.dor };
  const all = orders(p);
  if (all.length < 2) return null;
  return (
    <p class="figure-choice">
      <label>{T.order}{" "}
        <select value={orderOf(p)} onChange={(e) => p.change({ pick: { ...p.view.pick, swimmer: e.currentTarget.value } })}>
          {all.map((o) => <option value={o}>{names[o]}</option>)}
        </select>
      </label>
    </p>
  );
}

export const swimmerPlot: FigureSpec = {
  id: "swimmer",
  title: () => T.title,
  present: (p) => !!p.model.patients && p.model.patients.patients.numbers("OS").some(Number.isFinite),
  beside: () => <Choice />,
  draw(p, width) {
    const all = swimmers(p);
    if (!all.length) return [];
    const arms = shownArms(p.model, p.view).filter((a) => all.some((s) => s.arm === a));
    const t = timeAxis(p.view, Math.max(...all.map((s) => s.os), 1));
    return arms.map((a) => panel(p, a, all.filter((s) => s.arm === a), width, Math.max(8, Math.floor(MOST / arms.length)), t));
  },
  caption: (p) => sentences(T.caption, whom(p), orders(p).includes("dor") && T.caveat),
  table: (p) => ({
    columns: [{ label: "REPLICATE", number: true }, { label: "PATIENT", number: true }, { label: T.arm }, { label: T.best }, { label: T.ttr, number: true }, { label: fill(T.pfsDay, { x: p.model.recurrence ? "RFS" : "PFS" }), number: true }, { label: fill(T.event, { x: p.model.recurrence ? "RFS" : "PFS" }) }, { label: T.osDay, number: true }, { label: T.died }, { label: T.infusions, number: true }, { label: T.others, number: true }],
    rows: swimmers(p).map((s) => {
      const who = fileNames(p.model.patients!, s.row), given = doses(p.model, s.row, cutoff(p.view));
      const cells = given.filter((d) => d.kind === "cells").length;
      const day = (x: number) => (Number.isFinite(x) ? { show: fixed(x, 1), raw: x } : null);
      return [who.replicate, who.patient, p.model.arms[s.arm], s.best, day(s.response), day(s.pfs), Number.isFinite(s.pfs) ? (s.pfsEvent ? T.yes : T.no) : "", day(s.os), s.dead ? T.yes : T.no, cells, given.length - cells];
    }),
  }),
};
