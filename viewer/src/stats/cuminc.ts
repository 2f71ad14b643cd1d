/* Cumulative incidence with competing death: Aalen and Johansen (1978), as src/trial/cuminc.c and survfit of a
 * multi-state Surv in R. */
import { aligned } from "./km";

export interface Incidence {
  n: number;
  events: number; // of the cause that is counted
  time: number[]; // of every change, ascending
  incidence: number[];
  atRisk: number[]; // just before `time`
}

/** cause: 0 censored, 1 the event that is counted, 2 what competes with it. */
export function cumulativeIncidence(times: ArrayLike<number>, cause: ArrayLike<number>): Incidence {
  const n = times.length, { order, time } = aligned(times);
  const out: Incidence = { n, events: 0, time: [], incidence: [], atRisk: [] };
  let free = 1, share = 0;
  for (let i = 0; i < n; ) {
    const risk = n - i, count = [0, 0, 0], t = time[order[i]];
    for (; i < n && time[order[i]] === t; i++) count[cause[order[i]]]++;
    share += (free * count[1]) / risk;
    free *= (risk - count[1] - count[2]) / risk;
    out.events += count[1];
    out.time.push(t);
    out.incidence.push(share);
    out.atRisk.push(risk);
  }
  return out;
}
