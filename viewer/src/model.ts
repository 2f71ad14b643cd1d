/* A run of the document, decoded once, and the questions that every figure asks of it. */
import { Frame } from "./columns";
import type { Run, Summary } from "./data";

/** Okabe and Ito's colours, in an order in which neighbours differ for every kind of colour vision. */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#8C6D31"];
/** Colour is never the only sign: lines also differ by dashes, points by shape. */
export const DASHES = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 2", "14 3 3 3"];
export const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye", "times"] as const;

export interface Patients {
  replicates: number;
  size: number;
  planned: number;
  patients: Frame;
  visits: Frame;
  samples: Frame;
  events: Frame;
  /** Rows of `visits`, `samples`, `events` of patient row r: from start[r] to start[r + 1]. */
  visitStart: Uint32Array;
  sampleStart: Uint32Array;
  eventStart: Uint32Array;
  arm: Int16Array; // index into Model.arms, by patient row; -1 when its arm is none of them
  failed: Uint8Array;
}

export class Model {
  readonly run: Run;
  readonly summary: Summary;
  readonly arms: string[];
  readonly patients: Patients | null;
  readonly recurrence: boolean;

  constructor(run: Run) {
    this.run = run;
    this.summary = run.summary;
    this.arms = run.summary.arms.map((a) => a.name);
    this.recurrence = run.study.assess.criteria === "recurrence";
    this.patients = decode(run, this.arms);
  }
  colour(arm: number): string {
    return COLOURS[arm % COLOURS.length];
  }
  dash(arm: number): string {
    return DASHES[arm % DASHES.length];
  }
  armIndex(name: string): number {
    return this.arms.indexOf(name);
  }
  /** The arm that arm `a` is compared with in the summary; -1: none. */
  reference(a: number): number {
    const c = this.summary.comparisons.find((x) => x.arm === this.arms[a] && x.against !== x.arm && x.measures.some((m) => m.endpoint.endsWith("_hazard_ratio")));
    return c ? this.arms.indexOf(c.against) : -1;
  }
}

/** Rows come ordered by patient; a patient without any has an empty span. */
function starts(rows: Float64Array, n: number): Uint32Array {
  const out = new Uint32Array(n + 1);
  for (const r of rows) out[r + 1]++;
  for (let i = 0; i < n; i++) out[i + 1] += out[i];
  return out;
}

function decode(run: Run, arms: string[]): Patients | null {
  const d = run.detail;
  if (!d) return null;
  const patients = new Frame(d.patients), visits = new Frame(d.visits), samples = new Frame(d.samples), events = new Frame(d.events);
  const text = patients.texts("ARM");
  const arm = new Int16Array(patients.n).fill(-1);
  if (text) {
    const index = text.levels.map((name) => arms.indexOf(name));
    for (let i = 0; i < patients.n; i++) arm[i] = index[text.code[i]] ?? -1;
  }
  return {
    replicates: d.replicates, size: d.size, planned: d.size_planned, patients, visits, samples, events, arm,
    visitStart: starts(visits.numbers("ROW"), patients.n),
    sampleStart: starts(samples.numbers("ROW"), patients.n),
    eventStart: starts(events.numbers("ROW"), patients.n),
    failed: Uint8Array.from(patients.numbers("FAILED"), (x) => (x === 1 ? 1 : 0)),
  };
}
