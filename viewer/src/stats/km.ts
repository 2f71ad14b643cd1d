/* Kaplan-Meier curves, as src/trial/survival.c and R's survfit(conf.type = "log-log"): docs/reference/statistics.md. */
import { Z95 } from "./special";

const NEAR = Math.sqrt(2.220446049250313e-16);

/** Times of patients in one unit; event: 1, censored: 0. */
export interface Times {
  time: number[];
  event: ArrayLike<number>;
}
/** One row for each different time, censored or not. NaN: does not exist. */
export interface Curve {
  n: number;
  events: number;
  time: number[];
  survival: number[];
  lower: number[];
  upper: number[];
  atRisk: number[]; // just before `time`
  died: number[];
  censored: number[];
}
export interface Estimate {
  value: number;
  lower: number;
  upper: number;
}

/** Times closer than sqrt(eps), absolutely or relative to the mean of the different times, become one (aeqSurv of R). */
export function aligned(time: ArrayLike<number>): { order: number[]; time: number[] } {
  const order = Array.from({ length: time.length }, (_, i) => i).sort((i, j) => time[i] - time[j] || i - j);
  let sum = 0, different = 0;
  order.forEach((i, k) => {
    if (k === 0 || time[i] !== time[order[k - 1]]) (sum += time[i]), different++;
  });
  const mean = sum / different, out = new Array<number>(time.length);
  let current = 0, last = 0;
  order.forEach((i, k) => {
    const step = time[i] - last;
    if (k === 0 || (step > NEAR && step / mean > NEAR)) current = time[i];
    last = time[i];
    out[i] = current;
  });
  return { order, time: out };
}

/** The log-log limits of S with Greenwood's sum v. */
function limits(s: number, v: number): [number, number] {
  if (!(s > 0 && s < 1)) return [NaN, NaN];
  const l = Math.log(s), c = Math.log(-l), half = Z95 * Math.sqrt(v);
  return [Math.exp(-Math.exp(c - half / l)), Math.exp(-Math.exp(c + half / l))];
}

export function kaplanMeier(data: Times): Curve {
  const n = data.time.length, { order, time } = aligned(data.time);
  const out: Curve = { n, events: 0, time: [], survival: [], lower: [], upper: [], atRisk: [], died: [], censored: [] };
  let s = 1, v = 0;
  for (let i = 0; i < n; ) {
    let j = i, dead = 0;
    for (; j < n && time[order[j]] === time[order[i]]; j++) dead += data.event[order[j]];
    const risk = n - i;
    s *= (risk - dead) / risk;
    if (dead) v += dead / (risk * (risk - dead));
    const [low, high] = limits(s, v);
    out.time.push(time[order[i]]);
    out.survival.push(s);
    out.lower.push(low);
    out.upper.push(high);
    out.atRisk.push(risk);
    out.died.push(dead);
    out.censored.push(j - i - dead);
    out.events += dead;
    i = j;
  }
  return out;
}

/** How many rows have a time below t, or up to it. */
export function rowsUntil(c: Curve, t: number, including: boolean): number {
  let low = 0, high = c.time.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (c.time[mid] < t || (including && c.time[mid] === t)) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** S(t); NaN after the last time unless the curve has reached 0. */
export function survivalAt(c: Curve, t: number): Estimate {
  const none = { value: NaN, lower: NaN, upper: NaN }, last = c.time.length - 1;
  if (last < 0 || !(t >= 0) || (t > c.time[last] && c.survival[last] > 0)) return none;
  const row = rowsUntil(c, t, true) - 1;
  return row < 0 ? { value: 1, lower: 1, upper: 1 } : { value: c.survival[row], lower: c.lower[row], upper: c.upper[row] };
}

/** At risk just before t; gone by an event, or censored, up to and with t. */
export function standing(c: Curve, t: number): { atRisk: number; events: number; censored: number } {
  const before = rowsUntil(c, t, false), until = rowsUntil(c, t, true);
  let events = 0, censored = 0;
  for (let i = 0; i < until; i++) (events += c.died[i]), (censored += c.censored[i]);
  return { atRisk: before < c.time.length ? c.atRisk[before] : 0, events, censored };
}

/** quantile.survfit of one of the curves S, lower, upper: where it is flat at 1 - p, the middle of the flat piece. */
function quantileOf(c: Curve, s: number[], p: number): number {
  const height = (i: number) => (i ? 1 - s[i - 1] : 0), place = (i: number) => (i ? c.time[i - 1] : 0);
  const reach = (shift: number) => {
    let best = -1;
    for (let i = 0; i <= s.length; i++) if (height(i) + shift >= p && (best < 0 || height(i) < height(best))) best = i;
    return best;
  };
  let last = 0; // the last point whose height no earlier point has
  for (let i = s.length; i > 0 && !last; i--) {
    let j = i - 1;
    while (j >= 0 && !Object.is(height(i), height(j))) j--;
    if (j < 0) last = i;
  }
  const early = reach(NEAR), late = reach(-NEAR);
  if (early >= 0 && Math.abs(p - height(last)) < NEAR) return (place(early) + c.time[c.time.length - 1]) / 2;
  return early < 0 || late < 0 ? NaN : (place(early) + place(late)) / 2;
}

/** The time by which a fraction p has had the event, with the limits of Brookmeyer and Crowley; NaN: not reached. */
export function quantile(c: Curve, p = 0.5): Estimate {
  if (!c.time.length) return { value: NaN, lower: NaN, upper: NaN };
  return { value: quantileOf(c, c.survival, p), lower: quantileOf(c, c.lower, p), upper: quantileOf(c, c.upper, p) };
}
