/* Endpoints of single patients under the reader's rules. */
import type { Model } from "../model";
import type { Rules } from "../state";

export const RESPONSES = ["CR", "PR", "SD", "PD", "NE"] as const;

/** By patient row; days; NaN where there is none. */
export interface Scores {
  best: Uint8Array; // index into RESPONSES; 255: none
  change: Float64Array; // best change of the sum of diameters, %
  pfs: Float64Array;
  pfsEvent: Uint8Array;
  os: Float64Array;
  osEvent: Uint8Array;
  ttr: Float64Array;
  dor: Float64Array;
  dorEvent: Uint8Array;
}

function flags(x: Float64Array): Uint8Array {
  return Uint8Array.from(x, (v) => (v === 1 ? 1 : 0));
}

/** As the run scored them: patients.csv. */
export function asRun(model: Model): Scores {
  const f = model.patients!.patients;
  const bor = f.texts("BOR");
  const index = bor ? bor.levels.map((l) => (RESPONSES as readonly string[]).indexOf(l)) : [];
  const best = new Uint8Array(f.n).fill(255);
  if (bor) for (let i = 0; i < f.n; i++) best[i] = (index[bor.code[i]] ?? -1) < 0 ? 255 : index[bor.code[i]];
  return {
    best, change: f.numbers("PCHG_BEST"), pfs: f.numbers("PFS"), pfsEvent: flags(f.numbers("PFS_EVENT")),
    os: f.numbers("OS"), osEvent: flags(f.numbers("OS_EVENT")), ttr: f.numbers("TTR"), dor: f.numbers("DOR"), dorEvent: flags(f.numbers("DOR_EVENT")),
  };
}

/** The rules of the study, with the reader's changes. */
export function score(model: Model, rules: Rules): Scores {
  void rules; // TODO(survival): re-scoring
  return asRun(model);
}
