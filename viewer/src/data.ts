/* The document inside the page, `perforin-page-1`: what src/report writes and this viewer reads.
 *
 * Numbers are doubles or null (does not exist, not reached). Days, shares in 0..1, mm, %.
 * `summary` is summary.json of the run, unchanged (docs/reference/run-folder.md); every number
 * that the page shows as a result comes from there, or is computed from `detail` and says so. */

export interface PageData {
  format: "perforin-page-1";
  version: string; // of the Perforin that wrote the page
  runs: Run[]; // one: a report; several: a comparison
  comparison?: Comparison; // of several runs: what `perforin compare --json` says
}

/* ---- a comparison (docs/reference/compare.md) ---- */
export interface Comparison {
  format: "perforin-compare-1";
  method: string;
  runs: { label: string; study: string; version: string; seed: string; replicates: number; patients_per_replicate: number; by_replicate: boolean }[];
  changes: Changes[]; // of the second run and each after it, from the first
  figures: ComparedFigure[];
  published: ComparedPublished[];
}
export interface Change {
  key: string;
  was: string | null; // null: not there
  is: string | null;
}
export interface Changes {
  run: number;
  paired: boolean;
  same_patients: boolean;
  same_results: boolean;
  study_compared: boolean;
  figures_judged: number;
  figures_beyond: number;
  settings: Change[];
  inputs: Change[]; // hashes
  study: Change[];
  parameters: Change[];
}
export interface ComparedFigure {
  arm: string;
  against: string | null;
  endpoint: string;
  at_day?: number;
  label?: string;
  name: string;
  unit: string;
  runs: ({ path: string; centre: "mean" | "median" | "share"; value: number | null; low: number | null; high: number | null } | null)[];
  gaps: (Gap | null)[]; // of the second run and each after it
}
/** This run less the first. */
export interface Gap {
  how: "means, paired" | "means" | "medians, paired" | "medians";
  n: number;
  value: number | null;
  not_reached?: "this run" | "first run";
  se: number | null;
  low: number | null;
  high: number | null;
  p: number | null;
  p_holm: number | null;
  beyond: boolean | null; // null: cannot say
}
export interface ComparedPublished {
  role: Role;
  endpoint: string;
  written: string;
  label?: string;
  case?: string;
  arm: string;
  against?: string;
  unit: string;
  direction?: "up" | "down";
  source: string;
  published: number | null;
  published_low: number | null;
  published_high: number | null;
  published_n: number | null;
  runs: ({ simulated_mean: number | null; simulated_q025: number | null; simulated_median: number | null; simulated_q975: number | null; percentile: number | null; share_agreeing: number | null; verdict: Figure["verdict"] } | null)[];
}

export interface Run {
  label: string; // study's name; in a comparison the folder as it was given
  version: string; // of the Perforin that simulated the run
  command: string; // repeats the run from its folder
  inputs: { file: string; hash: string }[]; // below inputs/, FNV-1a of each
  text: string; // summary.txt
  summary: Summary;
  study: Study;
  /** Values of every replicate (the first 1,000 of them). */
  values: ReplicateValues[];
  detail: Detail | null; // patients one by one
  failures: Table; // at most the first 1,000 rows of failures.csv
}

/** One endpoint or measure, replicate by replicate: what a row of summary's `endpoints` or `measures` sums up. */
export interface ReplicateValues {
  arm: string;
  against: string | null; // of comparisons
  endpoint: string;
  at_day: number | null;
  label: string | null;
  unit: string;
  value: Column; // [replicates]; NaN: does not exist in this replicate; infinity: a median that is not reached
}

/* ---- what the study asks ---- */
export interface Study {
  name: string;
  title: string | null;
  question: string | null;
  systems: string[];
  model: string; // file below inputs/
  arms: StudyArm[];
  allocation: "fixed" | "block" | "paired";
  strata: string[];
  assess: Assess;
  horizon: number; // day
  dropout: number; // hazard, 1/day
  replicates: number;
  seed: string; // a decimal, 64 bit
  keep: number;
  rtol: number;
  atol: number; // cells
  population: { title: string | null; file: string; variables: Variable[]; settings: Setting[] };
  products: { name: string; title: string | null; file: string; patients_per_lot: number | null; variables: Variable[]; settings: Setting[]; lot: { name: string; variables: Variable[]; attributes?: LotAttribute[] } | null }[];
  unknowns: Variable[];
}
export interface StudyArm {
  name: string;
  size: number;
  like: string | null;
  without: string[];
  items: RegimenItem[];
}
export interface RegimenItem {
  name: string; // drug, or the product's title
  product: boolean;
  doses: number[]; // then the last one again
  dose_high: number | null; // a range was published
  unit: string; // "cells", "mg", ...
  per: "" | "kg" | "m2";
  site: string | null;
  when: string | null; // rescue: a grade of this name ...
  grade: number | null; // ... that reaches this
  on: number[]; // days, of each cycle
  every: number | null; // days
  cycle: number | null; // days
  cycles_low: number | null;
  cycles_high: number | null;
  until_progression: boolean;
}
export interface Assess {
  criteria: "RECIST 1.1" | "Lugano" | "recurrence";
  confirm: boolean;
  deaths: "event" | "censored"; // in progression-free survival
  progression_day: "visit" | "midpoint"; // the day that progression is dated
  every: number; // days; 0: nobody is imaged
  first: number;
  window: number;
  error: number; // log-scale sd of one diameter
  vanish_mm: number;
  sd_minimum: number;
  detect_mm: number | null;
  kinetics: number[];
  markers: string[];
  grades: string[];
  events: string[];
  lloq: number | null;
}
export interface Variable {
  name: string;
  distribution: string; // "normal", "lognormal", "uniform", "discrete", "constant", "formula", ...
  formula: string | null;
  centre: number | null;
  spread: number | null;
  low: number | null;
  high: number | null;
  values: number[] | null; // discrete
  weights: number[] | null;
  unit: string | null;
  source: string | null;
  unknown: boolean;
  /** What the distribution itself says, for comparison with who was simulated; null where no closed form exists. */
  mean: number | null;
  sd: number | null;
}
/** What is known of each lot: column LOT_<name> of `patients`. */
export interface LotAttribute {
  name: string;
  unit: string;
  doc: string;
}
export interface Setting {
  parameter: string;
  formula: string;
  source: string | null;
}

/* ---- patients one by one ---- */

/** The first `replicates` replicates, or, of a run larger than the page can hold, the first `patients` patients
 * of replicate 0. Row i of `patients` is patient i % size of replicate floor(i / size). */
export interface Detail {
  replicates: number;
  size: number; // patients of one replicate in this page
  size_planned: number; // of the study; larger than `size` when not all are here
  patients: Table; // columns of patients.csv without STUDYID, REPLICATE, PATIENT
  visits: Table; // assessments.csv; column ROW (row of `patients`) instead of STUDYID, REPLICATE, PATIENT, ARM
  samples: Table; // kinetics.csv, likewise
  events: Table; // events.csv, likewise
}
export interface Table {
  n: number; // rows
  column: Record<string, Column>;
}
/** Missing: NaN of floats, the largest value of unsigned integers. `d`: little-endian base64. */
export type Column =
  | { t: "const"; v: number | string | null } // every row
  | { t: "u1" | "u2" | "u4" | "f4" | "f8"; d: string }
  | { t: "text"; d: string; levels: string[] }; // u1 (u2 above 255 levels) codes of levels

/* ---- summary.json ---- */
export interface Summary {
  format: string;
  simulated?: true;
  study: string;
  title: string;
  replicates: number;
  replicates_planned: number;
  patients_per_replicate: number;
  horizon_day: number;
  patients: number;
  failed: number;
  failed_note: string;
  variance_note: string;
  provisional: boolean;
  changed_parameters?: string[];
  arms: SummaryArm[];
  comparisons: { arm: string; against: string; measures: Measure[] }[];
  contrasts?: Contrast[];
  expectations: Record<Role, { figures: Figure[]; pass: number; miss: number; cannot_say: number }>;
  survival: Curve[];
  waterfall: { arm: string; patients: number; change: number[]; best: string[]; new_lesion: number[] }[];
  kinetics?: Quantiles;
  markers: (Quantiles & { marker: string })[];
  grades: { grade: string; arms: GradeArm[] }[];
  events: { event: string; arms: (Count & { arm: string })[] }[];
  unknowns: Unknown[];
  claims: unknown[];
  parameters: Parameter[];
  forest?: ForestRow[];
  power?: Power[];
}
export type Role = "fit" | "check" | "predict" | "claim";
export interface SummaryArm {
  name: string;
  size: number;
  patients: number;
  failed: number;
  treated: number;
  doses_mean: number;
  responses: Record<string, number>;
  progression: Record<string, number>;
  lots?: Record<string, number>;
  covariates: { name: string; mean: number | null; sd: number | null }[];
  endpoints: Measure[];
}
export interface Measure {
  endpoint: string;
  at_day?: number;
  label?: string;
  centre?: "median";
  unit: string;
  mean: number | null;
  sd: number | null;
  q025: number | null;
  median: number | null;
  q975: number | null;
  low?: number | null; // of a lone replicate
  high?: number | null;
  replicates_defined: number;
  replicates_reached: number;
  variance_total?: number;
  variance_inner?: number;
  variance_outer?: number;
  share_below_1?: number;
  share_above_0?: number;
  share_above_1?: number;
  "share_below_0.05"?: number;
}
/** A measure of an arm less that of the arm it is contrasted with. */
export interface ContrastDifference {
  endpoint: string;
  at_day?: number;
  label?: string;
  unit: string;
  arm_value: number | null;
  against_value: number | null;
  mean: number | null;
  q025: number | null;
  median: number | null;
  q975: number | null;
  replicates_defined: number;
  replicates_reached: number;
  reached_by?: string;
  direction: string;
  share_same_direction: number | null;
}
export interface Contrast {
  arm: string;
  against: string;
  same_people: boolean;
  without: string[];
  differences: ContrastDifference[];
}
export interface Figure {
  endpoint: string;
  label?: string;
  unit: string;
  centre?: "median";
  written: string;
  case?: string;
  direction?: "up" | "down";
  at_day?: number;
  arm: string;
  against?: string;
  published: number | null;
  published_n: number | null;
  published_low: number | null;
  published_high: number | null;
  interval: string;
  source: string;
  simulated_mean: number | null;
  simulated_q025: number | null;
  simulated_median: number | null;
  simulated_q975: number | null;
  simulated_low?: number | null;
  simulated_high?: number | null;
  replicates_defined: number;
  percentile: number | null;
  share_agreeing?: number;
  in_central_95: boolean;
  in_published_interval: boolean;
  verdict: "pass" | "miss" | "cannot say";
  provisional: boolean;
  sentence: string;
}
export interface Curve {
  endpoint: string; // PFS (RFS of criteria recurrence), OS, DoR
  arm: string;
  patients: number;
  events: number;
  day: number[];
  survival: (number | null)[];
  band: { day: number[]; low: (number | null)[]; high: (number | null)[]; replicates: number };
  ticks: { day: number; at_risk: number; events: number; censored: number }[];
}
export interface Quantiles {
  unit: string;
  day: number[];
  arms: { arm: string; n: number[]; q05: (number | null)[]; q50: (number | null)[]; q95: (number | null)[] }[];
}
export interface Count {
  patients: number;
  with: number;
  share: number | null;
  low: number | null;
  high: number | null;
  upper_if_none: number | null;
}
export interface GradeArm {
  arm: string;
  worst: number[]; // patients with worst grade 0..5
  any: Count;
  severe: Count;
  /** Patients who have grade 0..5 on each of these days after the first dose of a product, patients[day][grade];
   * of all replicates. Absent in an arm without a product. */
  by_day?: { day: number[]; patients: number[][] };
}
export interface Unknown {
  name: string;
  distribution: string;
  centre: number | null;
  spread: number | null;
  low: number | null;
  high: number | null;
  unit: string;
  source: string;
  unpublished: boolean;
  rank_correlation_ORR_last_arm: number | null;
  rank_correlation_ORR_difference: number | null;
  rank_correlation_PFS_last_arm: number | null;
}
export interface Parameter {
  name: string;
  is?: string;
  value: number | null;
  low: number | null;
  high: number | null;
  unit: string;
  kind: string;
  source: string;
  unknown: boolean;
  set?: boolean;
}
/** One half of the patients, by a covariate known before treatment: arm against its reference arm. */
export interface ForestRow {
  arm: string;
  against: string;
  covariate: string; // "" for everyone
  level: string; // "age < 61.2", "age >= 61.2", "sex = 1"
  measure: "PFS_hazard_ratio" | "OS_hazard_ratio" | "ORR_difference";
  patients: number; // mean of one replicate, both arms
  events: number | null;
  median: number | null; // over replicates
  q025: number | null;
  q975: number | null;
  replicates_defined: number;
}
/** How often a trial of another size finds a difference. */
export interface Power {
  arm: string;
  against: string;
  measure: string; // "PFS_logrank_p", "OS_logrank_p", "ORR_fisher_p"
  /** Smaller trials: the first patients of each arm of every replicate. `better`: those significant in favour of the arm. */
  sizes: { patients: number; replicates: number; significant: number; better: number; share: number; low: number; high: number }[];
  /** This size and larger ones, by a normal approximation (docs/reference/run-folder.md); null where there is none. */
  larger: { patients: number; share: number; better: number }[] | null;
}
