/* What all drawings share: margins, type, colours of the page, time axes. */
import * as Plot from "@observablehq/plot";
import { MONTH } from "../format";
import type { View } from "../state";
import { words } from "../words";
import { inMonths } from "./clock";

const T = words({ days: ["days", "天"], months: ["months", "月"] });

/** Plot with this page's style. Answers one SVG: legends are part of the caption or of marks, not of HTML around. */
export function plot(options: Plot.PlotOptions): SVGSVGElement {
  const made = Plot.plot({ style: { fontSize: "13px", overflow: "visible" }, marginLeft: 56, ...options });
  return (made.tagName.toLowerCase() === "svg" ? made : made.querySelector("svg")!) as unknown as SVGSVGElement;
}

/** How days are shown on an axis that ends at `end`. */
export interface TimeAxis {
  scale: (day: number) => number;
  unit: string;
  domain: [number, number]; // in that unit
}
export function timeAxis(view: View, end: number, start = 0): TimeAxis {
  const from = view.from ?? start, to = view.to !== null && view.to > from ? view.to : end;
  const month = inMonths(view, end);
  const scale = (day: number) => (month ? day / MONTH : day);
  return { scale, unit: month ? T.months : T.days, domain: [scale(from), scale(Math.max(to, from + 1e-9))] };
}

/** Whole steps that leave a readable number of ticks. */
export function ticksOf(domain: [number, number], about: number): number[] {
  const span = domain[1] - domain[0];
  const steps = [1, 2, 3, 6, 12, 24, 36, 60, 120, 5, 10, 7, 14, 28, 50, 100, 200, 365, 500, 1000].sort((a, b) => a - b);
  const step = steps.find((s) => span / s <= about) ?? span / about;
  const out: number[] = [];
  for (let x = Math.ceil(domain[0] / step) * step; x <= domain[1] + 1e-9; x += step) out.push(x);
  return out;
}
