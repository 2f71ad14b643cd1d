/* A Kaplan-Meier plot with its extended table at risk under the same axis, the form that KMunicate found readers prefer
 * (Morris and others, BMJ Open 2019;9:e030215). */
import * as Plot from "@observablehq/plot";
import { wrap } from "./draw";
import { count, fixed } from "../format";
import type { Model } from "../model";
import type { Page } from "../ui/context";
import { inDays, inUnit, clockOf, type Clock } from "../ui/clock";
import { plot, ticksOf } from "../ui/plot";
import { fill, words } from "../words";
import { bandAt, heightAt, standingAt, type ArmCurve } from "./survival_data";

const T = words({
  atRisk: ["at risk", "在险"],
  censored: ["censored", "删失"],
  events: ["events", "事件"],
  published: ["published {x}", "已发表 {x}"],
  half: ["50 %", "50 %"],
  ended: ["{arm}: curve has ended", "{arm}：曲线已结束"],
  point: ["{arm}: {s} %{band}{risk}", "{arm}：{s} %{band}{risk}"],
  risk: ["; {n} at risk", "；在险 {n}"],
});

/** What the drawing asks of a page. A comparison puts runs in the place of arms. */
export type Ground = Pick<Page, "selection" | "view" | "change"> & { model: Pick<Model, "arms" | "colour" | "dash" | "summary"> };

export interface Published {
  arm: number;
  day: number;
}
/** A published share at a time, with its interval where one is known. */
export interface PublishedShare extends Published {
  share: number;
  low: number | null;
  high: number | null;
}
interface Look {
  curves: ArmCurve[];
  published: Published[];
  shares: PublishedShare[];
  horizon: number; // day
  label: string; // of the vertical axis
}

const ROW = 16, LEFT = 74, TOP = 14, BODY = 290, AXIS = 44;
const tidy = (x: number) => String(Math.round(x * 10) / 10);

/** Means over replicates have a decimal where arms are small; patients have none. */
export function people(x: number, decimal: boolean): string {
  return decimal && !Number.isInteger(x) ? fixed(x, 1) : count(x);
}

/** Days with a label on the axis. Numbers at risk of all replicates are known on few days: those come first. */
export function axisDays(curves: ArmCurve[], clock: Clock, width: number): number[] {
  const [from, to] = clock.domain, room = Math.max(2, Math.floor((width - LEFT - 20) / 46));
  const inside = (d: number) => d >= from - 1e-6 && d <= to + 1e-6;
  const even = ticksOf([inUnit(clock, from), inUnit(clock, to)], room).map((x) => inDays(clock, x));
  const known = curves[0]?.ticks ? [...curves[0].ticks.keys()].filter(inside) : null;
  if (!known) return even;
  const step = Math.ceil(known.length / room), kept = known.filter((_, i) => i % step === 0);
  if (!clock.zoomed) return kept;
  const gap = ((to - from) / room) * 0.9;
  return [...kept, ...even.filter((d) => kept.every((k) => Math.abs(k - d) > gap))].sort((a, b) => a - b);
}

/** Steps that a screen can show: where several fall into half a pixel, the last of them. */
function thinned(day: number[], rows: number[], perDay: number): number[] {
  const out: number[] = [];
  for (const i of rows) {
    const last = out[out.length - 1];
    if (out.length > 1 && Math.floor(day[i] * perDay * 2) === Math.floor(day[last] * perDay * 2)) out[out.length - 1] = i;
    else out.push(i);
  }
  return out;
}

interface Step { x: number; y: number }
interface Edge { x: number; low: number; high: number }

function steps(c: ArmCurve, clock: Clock, perDay: number): Step[] {
  const to = Math.min(c.end, clock.domain[1]), from = clock.domain[0];
  const rows = c.day.map((_, i) => i).filter((i) => c.day[i] >= from && c.day[i] <= to);
  const out = thinned(c.day, rows, perDay).map((i) => ({ x: inUnit(clock, c.day[i]), y: 100 * c.survival[i] }));
  if (from > 0 && from < c.end) out.unshift({ x: inUnit(clock, from), y: 100 * heightAt(c, from) });
  if (to > from) out.push({ x: inUnit(clock, to), y: 100 * heightAt(c, Math.min(to, c.end)) });
  return out;
}
function edges(c: ArmCurve, clock: Clock, perDay: number): Edge[] {
  const from = clock.domain[0], to = Math.min(c.end, clock.domain[1]);
  const rows = c.day.map((_, i) => i).filter((i) => c.day[i] > from && c.day[i] < to);
  return [from, ...thinned(c.day, rows, perDay).map((i) => c.day[i]), to].map((d) => {
    const [low, high] = bandAt(c, d);
    return { x: inUnit(clock, d), low: 100 * low, high: 100 * high };
  });
}

/** What a pointer reads at a time: all arms at once. */
function hovers(p: Ground, look: Look, clock: Clock): { x: number; y: number; title: string }[] {
  const [from, to] = clock.domain, many = 240;
  return Array.from({ length: many + 1 }, (_, i) => {
    const day = from + ((to - from) * i) / many;
    const lines = look.curves.map((c) => {
      const arm = p.model.arms[c.arm], s = heightAt(c, day), [low, high] = bandAt(c, day);
      if (!Number.isFinite(s)) return fill(T.ended, { arm });
      const band = Number.isFinite(low) && Number.isFinite(high) ? ` [${fixed(100 * low, 1)}, ${fixed(100 * high, 1)}]` : "";
      const risk = c.km ? fill(T.risk, { n: standingAt(c, day)!.atRisk }) : "";
      return fill(T.point, { arm, s: fixed(100 * s, 1), band, risk });
    });
    const top = Math.max(...look.curves.map((c) => heightAt(c, day)).filter(Number.isFinite), 0);
    return { x: inUnit(clock, day), y: 100 * top, title: [`${fixed(inUnit(clock, day), 1)} ${clock.unit}`, ...lines].join("\n") };
  });
}

const NAMES = 130; // px, right of the plot

/** Names at the right end of the curves, apart from each other by their lines at least. */
function endLabels(p: Ground, look: Look, clock: Clock): { arm: string; y: number; dy: number }[] {
  const perPercent = BODY / 100, all = look.curves
    .map((c) => ({ arm: p.model.arms[c.arm], y: 100 * heightAt(c, Math.min(c.end, clock.domain[1])), dy: 0, half: 0 }))
    .sort((a, b) => b.y - a.y);
  let last = -Infinity;
  for (const l of all) {
    l.half = 7.5 * wrap(l.arm, NAMES - 22, 12, 4).length;
    const at = (100 - l.y) * perPercent, place = Math.max(at, last + l.half);
    l.dy = place - at;
    last = place + l.half;
  }
  // What ran out below goes up again, no further than it must.
  let below = BODY;
  for (const l of [...all].reverse()) {
    const at = (100 - l.y) * perPercent, place = Math.min(at + l.dy, below - l.half);
    l.dy = place - at;
    below = place - l.half;
  }
  return all;
}

function tableMarks(p: Ground, look: Look, clock: Clock, days: number[]): Plot.Markish[] {
  const decimal = p.selection.source === "summary" && p.model.summary.arms.every((a) => a.size < 100);
  const shared = { frameAnchor: "bottom" as const, lineAnchor: "middle" as const };
  return look.curves.flatMap((c, k) => {
    const top = AXIS + 8 + k * (4 * ROW + 6), name = Plot.text([p.model.arms[c.arm]], { frameAnchor: "bottom-left", textAnchor: "start", lineAnchor: "middle", dx: 30 - LEFT, dy: top, fontWeight: 600 });
    const rows = ([[T.atRisk, "atRisk"], [T.censored, "censored"], [T.events, "events"]] as const).flatMap(([label, key], r) => {
      const cells = days.flatMap((d) => {
        const s = standingAt(c, d);
        return s ? [{ x: inUnit(clock, d), t: people(s[key], decimal) }] : [];
      });
      const dy = top + ROW * (r + 1);
      return [
        Plot.text([label], { frameAnchor: "bottom-left", textAnchor: "start", lineAnchor: "middle", dx: -LEFT, dy, fill: "var(--soft)", fontSize: 12 }),
        Plot.text(cells, { ...shared, x: "x", text: "t", dy, fontSize: 12, fontVariant: "tabular-nums" }),
      ];
    });
    return [name, ...rows];
  });
}

function curveMarks(p: Ground, look: Look, clock: Clock, width: number): Plot.Markish[] {
  const perDay = (width - LEFT) / (clock.domain[1] - clock.domain[0]);
  return look.curves.flatMap((c) => {
    const colour = p.model.colour(c.arm), dash = p.model.dash(c.arm) || undefined;
    const seen = c.censored.filter(([d]) => d >= clock.domain[0] && d <= clock.domain[1]).map(([d, s]) => ({ x: inUnit(clock, d), low: 100 * s - 1.6, high: 100 * s + 1.6 }));
    return [
      Plot.areaY(edges(c, clock, perDay), { x: "x", y1: "low", y2: "high", fill: colour, fillOpacity: 0.16, curve: "step-after" }),
      Plot.line(steps(c, clock, perDay), { x: "x", y: "y", stroke: colour, strokeWidth: 2, strokeDasharray: dash, curve: "step-after" }),
      Plot.ruleX(seen, { x: "x", y1: "low", y2: "high", stroke: colour, strokeWidth: 1.2 }),
    ];
  });
}

function publishedMarks(p: Ground, look: Look, clock: Clock): Plot.Markish[] {
  return look.published
    .filter((m) => m.day >= clock.domain[0] && m.day <= clock.domain[1])
    .map((m, i) => {
      const at = [{ x: inUnit(clock, m.day) }], late = m.day > clock.domain[0] + 0.8 * (clock.domain[1] - clock.domain[0]);
      return [
        Plot.ruleX(at, { x: "x", y1: 45, y2: 55, stroke: "var(--ground)", strokeWidth: 5 }),
        Plot.ruleX(at, { x: "x", y1: 45, y2: 55, stroke: p.model.colour(m.arm), strokeWidth: 2.5 }),
        Plot.text(at, { x: "x", y: i % 2 ? 45 : 55, dx: late ? -4 : 4, dy: i % 2 ? 8 : -8, textAnchor: late ? "end" : "start", text: () => fill(T.published, { x: fixed(inUnit(clock, m.day), 1) }), fontSize: 12, stroke: "var(--ground)", strokeWidth: 4, fill: "currentColor" }),
      ];
    })
    .flat();
}

function shareMarks(p: Ground, look: Look, clock: Clock): Plot.Markish[] {
  return look.shares.filter((m) => m.day >= clock.domain[0] && m.day <= clock.domain[1] + 1e-6).flatMap((m) => {
    const at = [{ x: inUnit(clock, m.day), y: 100 * m.share, low: 100 * (m.low ?? m.share), high: 100 * (m.high ?? m.share) }], colour = p.model.colour(m.arm);
    return [
      Plot.ruleX(at, { x: "x", y1: "low", y2: "high", stroke: colour, strokeWidth: 1.5 }),
      Plot.dot(at, { x: "x", y: "y", symbol: "diamond", r: 5.5, fill: "var(--ground)", stroke: colour, strokeWidth: 2 }),
    ];
  });
}

const NS = "http://www.w3.org/2000/svg";

/** A piece of each arm's line before its name in the table. */
function addSwatches(svg: SVGSVGElement, p: Ground, curves: ArmCurve[]): void {
  curves.forEach((c, k) => {
    const line = document.createElementNS(NS, "line"), y = TOP + BODY + AXIS + 8 + k * (4 * ROW + 6);
    for (const [name, value] of Object.entries({ x1: 0, x2: 24, y1: y, y2: y, stroke: p.model.colour(c.arm), "stroke-width": 2.5, "stroke-dasharray": p.model.dash(c.arm) || "none" })) line.setAttribute(name, String(value));
    svg.append(line);
  });
}

/** Dragging over the plot zooms, a double click shows all. */
function addZoom(svg: SVGSVGElement, p: Ground, clock: Clock, left: number, right: number): void {
  const day = (x: number) => clock.domain[0] + ((Math.min(Math.max(x, left), right) - left) / (right - left)) * (clock.domain[1] - clock.domain[0]);
  const place = (e: PointerEvent) => ((e.clientX - svg.getBoundingClientRect().left) * Number(svg.getAttribute("width"))) / svg.getBoundingClientRect().width;
  let start: number | null = null, box: SVGRectElement | null = null;
  svg.style.touchAction = "pan-y";
  svg.style.userSelect = "none";
  svg.addEventListener("pointerdown", (e) => {
    const y = e.clientY - svg.getBoundingClientRect().top;
    if (e.button === 0 && y < TOP + BODY) start = place(e);
  }, true); // before the tip, which keeps what it takes
  svg.addEventListener("pointermove", (e) => {
    if (start === null || Math.abs(place(e) - start) < 8) return;
    if (!box) {
      box = document.createElementNS(NS, "rect");
      for (const [name, value] of Object.entries({ y: TOP, height: BODY, fill: "currentColor", "fill-opacity": 0.12, "pointer-events": "none" })) box.setAttribute(name, String(value));
      svg.append(box);
      svg.setPointerCapture(e.pointerId);
    }
    const a = Math.max(left, Math.min(start, place(e))), b = Math.min(right, Math.max(start, place(e)));
    box.setAttribute("x", String(a));
    box.setAttribute("width", String(Math.max(0, b - a)));
  });
  svg.addEventListener("pointerup", (e) => {
    if (box && start !== null) {
      const [from, to] = [day(start), day(place(e))].sort((a, b) => a - b);
      box.remove();
      if (to - from > 0.5) p.change({ from: Math.round(from * 10) / 10, to: Math.round(to * 10) / 10 });
    }
    start = box = null;
  });
  svg.addEventListener("pointercancel", () => {
    box?.remove();
    start = box = null;
  });
  svg.addEventListener("dblclick", () => p.change({ from: null, to: null }));
}

export function drawSurvival(p: Ground, look: Look, width: number): SVGSVGElement {
  const clock = clockOf(p.view, look.horizon), days = axisDays(look.curves, clock, width);
  const wide = width >= 640, right = wide ? NAMES : 16, domain = clock.domain.map((d) => inUnit(clock, d)) as [number, number];
  const bottom = AXIS + 8 + look.curves.length * (4 * ROW + 6);
  const hover = hovers(p, look, clock);
  const svg = plot({
    width, height: TOP + BODY + bottom, marginLeft: LEFT, marginRight: right, marginTop: TOP, marginBottom: bottom,
    x: { domain, label: null },
    y: { domain: [0, 100], label: null },
    marks: [
      Plot.gridY([25, 50, 75, 100]),
      Plot.axisY({ ticks: [0, 25, 50, 75, 100], label: look.label, labelArrow: "none", labelAnchor: "center", labelOffset: 44 }),
      Plot.axisX(days.map((d) => inUnit(clock, d)), { tickFormat: tidy, label: clock.unit, labelArrow: "none", labelAnchor: "center", labelOffset: 36 }),
      Plot.ruleY([0]),
      Plot.ruleY([50], { strokeDasharray: "2 4", strokeOpacity: 0.6 }),
      ...curveMarks(p, look, clock, width),
      ...publishedMarks(p, look, clock),
      ...shareMarks(p, look, clock),
      ...(wide ? endLabels(p, look, clock).map((l) => Plot.text([l], { y: "y", frameAnchor: "right", textAnchor: "start", dx: 8, dy: l.dy, text: (d) => wrap(d.arm, NAMES - 22, 12, 4).join("\n"), lineAnchor: "middle", fontSize: 12 })) : []),
      ...tableMarks(p, look, clock, days),
      Plot.ruleX(hover, Plot.pointerX({ x: "x", strokeOpacity: 0.4 })),
      Plot.tip(hover, Plot.pointerX({ x: "x", y: "y", title: "title", lineWidth: 32 })),
    ],
  });
  addSwatches(svg, p, look.curves);
  addZoom(svg, p, clock, LEFT, width - right);
  return svg;
}
