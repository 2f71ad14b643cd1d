/* Endpoints of single patients: as the run scored them, or scored again under the reader's rules, as a run under these rules would
 * have: docs/reference/endpoints.md, "Scoring rules", whose numbers stand behind the steps below. */
import type { Texts } from "../columns";
import type { Assess } from "../data";
import type { Model, Patients } from "../model";
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
  const pfs = model.recurrence ? "RFS" : "PFS";
  return {
    best, change: f.numbers("PCHG_BEST"), pfs: f.numbers(pfs), pfsEvent: flags(f.numbers(`${pfs}_EVENT`)),
    os: f.numbers("OS"), osEvent: flags(f.numbers("OS_EVENT")), ttr: f.numbers("TTR"), dor: f.numbers("DOR"), dorEvent: flags(f.numbers("DOR_EVENT")),
  };
}

/** The study's own rules where the reader has changed none. */
interface Applied {
  confirm: boolean;
  deaths: "event" | "censored";
  dating: "visit" | "midpoint";
  cutoff: number; // day; infinity: none but the study's end
  stable: number; // SD counts from this day on
}
function applied(study: Assess, rules: Rules): Applied {
  return {
    confirm: rules.confirm ?? study.confirm,
    deaths: rules.deaths ?? study.deaths,
    dating: rules.dating ?? study.progression_day,
    cutoff: rules.cutoff ?? Infinity,
    stable: study.sd_minimum,
  };
}

const CR = 0, PR = 1, SD = 2, PD = 3, NE = 4;
const CONFIRM_DAYS = 28 * (1 - 1e-9); // what sits on the limit but for its last bits counts as on it

/** What was seen of one patient at the visits that count, the progression visit the last. */
interface Seen {
  best: number;
  response: number; // day of the first response that counts; NaN
  change: number;
  last: number; // day of the last visit; 0 without one
  before: number; // of the one before it
  progressed: boolean;
}

/** A visit of a run that began 28 days ago or more. `start`: NaN outside of a run. */
const lasts = (start: number, day: number) => day - start >= CONFIRM_DAYS;

/** Rules 2, 6, 7 and 9: the visits from..until of one patient. */
function look(v: Visits, from: number, until: number, how: Applied): Seen {
  const seen: Seen = { best: NE, response: NaN, change: NaN, last: 0, before: 0, progressed: false };
  let partial = NaN, complete = NaN; // first days of the present runs of response and of complete response
  for (let i = from; i < until && v.day[i] <= how.cutoff && !seen.progressed; i++) {
    const day = v.day[i], r = v.response[i];
    seen.before = seen.last;
    seen.last = day;
    seen.progressed = r === PD;
    if (!Number.isNaN(v.change[i]) && !(v.change[i] >= seen.change)) seen.change = v.change[i];
    partial = r > PR ? NaN : Number.isNaN(partial) ? day : partial;
    complete = r > CR ? NaN : Number.isNaN(complete) ? day : complete;
    let counts = r === SD && day < how.stable ? NE : r;
    if (how.confirm) {
      const sustained = lasts(complete, day) ? CR : lasts(partial, day) ? PR : NE;
      counts = sustained !== NE ? sustained : r <= SD ? (day >= how.stable ? SD : NE) : r;
      if (sustained !== NE && Number.isNaN(seen.response)) seen.response = partial;
    } else if (r <= PR && Number.isNaN(seen.response)) {
      seen.response = day;
    }
    seen.best = Math.min(seen.best, counts);
  }
  return seen;
}

interface Visits {
  day: Float64Array;
  change: Float64Array;
  response: Uint8Array;
}
function codes(text: Texts | null, n: number): Uint8Array {
  const out = new Uint8Array(n).fill(NE);
  const index = text?.levels.map((l) => (RESPONSES as readonly string[]).indexOf(l)) ?? [];
  if (text) for (let i = 0; i < n; i++) if ((index[text.code[i]] ?? -1) >= 0) out[i] = index[text.code[i]];
  return out;
}

/** Rule 1: the day on which follow-up ends, and of death (infinity: alive then). */
function ends(p: Patients, cutoff: number): { end: Float64Array; death: Float64Array } {
  const n = p.patients.n, end = new Float64Array(n).fill(NaN), death = new Float64Array(n).fill(Infinity);
  const day = p.events.numbers("DAY"), kind = p.events.texts("EVENT");
  const is = (name: string) => kind?.levels.indexOf(name) ?? -1, died = is("death"), last = [died, is("dropout"), is("end")];
  for (let r = 0; r < n; r++)
    for (let i = p.eventStart[r]; i < p.eventStart[r + 1]; i++) {
      const k = kind!.code[i];
      if (k === died && day[i] <= cutoff) death[r] = Math.max(0, day[i]);
      if (last.includes(k)) end[r] = Math.min(day[i], cutoff);
    }
  return { end, death };
}

function empty(n: number): Scores {
  const none = () => new Float64Array(n).fill(NaN), no = () => new Uint8Array(n);
  return { best: new Uint8Array(n).fill(255), change: none(), pfs: none(), pfsEvent: no(), os: none(), osEvent: no(), ttr: none(), dor: none(), dorEvent: no() };
}

/** Rules 5, 7, 8: times of response and progression of patient `r`. */
function time(out: Scores, r: number, seen: Seen, death: number, how: Applied): void {
  const dead = Number.isFinite(death) && how.deaths === "event";
  out.best[r] = seen.best;
  out.change[r] = seen.change;
  out.pfs[r] = seen.progressed ? (how.dating === "midpoint" ? (seen.before + seen.last) / 2 : seen.last) : dead ? death : seen.last;
  out.pfsEvent[r] = seen.progressed || dead ? 1 : 0;
  if (seen.best > PR) return;
  out.ttr[r] = seen.response;
  out.dor[r] = out.pfs[r] - seen.response;
  out.dorEvent[r] = out.pfsEvent[r];
}

/** By the rules of the study, with the reader's changes. */
export function score(model: Model, rules: Rules): Scores {
  const p = model.patients!, n = p.patients.n, how = applied(model.run.study.assess, rules), out = empty(n), run = asRun(model);
  const { end, death } = ends(p, how.cutoff);
  const visits: Visits = { day: p.visits.numbers("DAY"), change: p.visits.numbers("PCHG"), response: codes(p.visits.texts("RESPONSE"), p.visits.n) };
  for (let r = 0; r < n; r++) {
    if (p.failed[r] || Number.isNaN(end[r])) continue;
    const alive = death[r] === Infinity;
    out.os[r] = alive ? end[r] : death[r]; // rule 4
    out.osEvent[r] = alive ? 0 : 1;
    // A study without imaging has responses and progression neither before nor after.
    if (!Number.isNaN(run.pfs[r])) time(out, r, look(visits, p.visitStart[r], p.visitStart[r + 1], how), death[r], how);
  }
  return out;
}
