/* Endpoints of groups of patients, from the scores of single ones. */
import { hazardRatio, logRank, type Hazard } from "../stats/compare";
import { kaplanMeier, quantile, type Estimate, type Times } from "../stats/km";
import { exactShare } from "../stats/proportion";
import type { Scores } from "./score";

export type TimeKind = "pfs" | "os" | "dor";

/** Patients in `rows` who have that time, with their events. */
export function timesOf(s: Scores, kind: TimeKind, rows: number[]): Times {
  const time = s[kind], event = kind === "pfs" ? s.pfsEvent : kind === "os" ? s.osEvent : s.dorEvent;
  const own = rows.filter((r) => time[r] >= 0);
  return { time: own.map((r) => time[r]), event: own.map((r) => event[r]) };
}

export interface Share extends Estimate {
  with: number;
  of: number;
}
export interface Tally {
  orr: Share; // of all patients, those without a visit included
  dcr: Share;
  cr: Share;
  pfs: Estimate; // medians, days
  os: Estimate;
  dor: Estimate;
}
export function tally(s: Scores, rows: number[]): Tally {
  const share = (worst: number): Share => {
    const k = rows.filter((r) => s.best[r] <= worst).length;
    return { with: k, of: rows.length, ...exactShare(k, rows.length) };
  };
  const median = (kind: TimeKind) => quantile(kaplanMeier(timesOf(s, kind, rows)));
  return { orr: share(1), dcr: share(2), cr: share(0), pfs: median("pfs"), os: median("os"), dor: median("dor") };
}

/** Hazard ratio of `rows` over `reference`, and log-rank p; NaN where one of them is empty. */
export function compared(s: Scores, kind: TimeKind, rows: number[], reference: number[]): Hazard & { logrank: number } {
  const a = timesOf(s, kind, rows), b = timesOf(s, kind, reference);
  return { ...hazardRatio(a, b), logrank: logRank(a, b).p };
}
