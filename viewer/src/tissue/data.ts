/* The document inside the page of a tissue, `perforin-tissue-page-1`: what src/report writes and this viewer reads.
 *
 * Numbers are doubles or null (does not exist). Minutes, micrometres, the units that the tissue file gives.
 * `counts` are columns of counts.csv, unchanged; everything else that the page tells as a number is computed from `film`,
 * whose cells are rounded (below), and says so. */

export interface TissuePage {
  format: "perforin-tissue-page-1";
  version: string; // of the Perforin that wrote the page
  runs: Run[]; // one: of a run folder; several: of a study, the base first
  study?: Study;
}

/* ---- a run ---- */
export interface Run {
  label: string; // of the variant in a study, else the name
  name: string;
  title: string | null;
  question: string | null;
  systems: string[]; // ids of rows of evidence/systems.csv
  text: string; // the tissue file as it was run
  rules: string | null; // its table of rules
  sources?: { where: string; source: string }[];
  domain: { low: Point; high: Point; voxel: number; voxels: Point }; // um; voxels along x, y, z
  minutes: number; // simulated so far
  planned: number; // of the whole run
  complete: boolean;
  seed: string;
  types: { name: string; killer: boolean }[];
  substances: { name: string; unit: string }[];
  attributes: Attribute[];
  /** counts.csv by column, evenly thinned to at most 600 rows; `minute` first. */
  counts: { columns: string[]; values: (number | null)[][] };
  filmed?: number; // frames of film.bin; more than in `film` where a page has no room for all
  film: Frame[]; // in order of time
}
export type Point = [number, number, number];

/** Of each cell in one byte b: low + b / 255 (high - low), or low (high / low)^(b / 255) where `log`. */
export interface Attribute {
  name: string;
  unit: string;
  low: number;
  high: number;
  log: boolean;
}

/** What the lesion looks like at a moment. */
export interface Frame {
  minute: number;
  cells: number; // in the lesion
  shown: number; // n in `data`, evenly thinned where they are too many
  /** base64 of a zlib stream, little endian: u16 x[n], u16 y[n], u16 z[n] (0 to 65535 over the domain along that axis), u8 radius[n] (in
   * 1/8 um), u8 type[n], u8 state[n] (an index into STATES), then of each attribute u8 [n]. */
  data: string;
  fields: Fields | null;
}
/** Substances on voxels coarsened by whole factors; `data`: base64 of a zlib stream, u8 of each voxel, x fastest, substance after substance;
 * a byte b is low + b / 255 (high - low) of its substance's range. */
export interface Fields {
  voxels: Point;
  range: [number, number][];
  data: string;
}
/** States of cells, in the order of their numbers. */
export const STATES = ["alive", "apoptotic", "swelling", "lysed"] as const;

/* ---- a study of variants ---- */
export interface Study {
  name: string;
  title: string | null;
  question: string | null;
  systems: string[];
  figure: { outcome: string; sentence: string } | null;
  variants: { name: string; title: string | null; changes: { key: string; was: string | null; is: string | null }[] }[]; // the base first, without changes
  outcomes: { name: string; unit: string; title: string | null }[];
  seeds: string[];
  series: { outcome: string; variant: string; seed: string; minute: number[]; value: (number | null)[] }[];
  answers: Answer[]; // at the end
}
/** Mean over seeds with its 95 % t interval; the difference to the base is paired by seed. */
export interface Answer {
  outcome: string;
  variant: string;
  n: number;
  mean: number | null;
  low: number | null;
  high: number | null;
  difference: { mean: number | null; low: number | null; high: number | null; p: number | null } | null;
}
