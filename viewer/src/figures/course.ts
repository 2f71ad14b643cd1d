/* The course of one patient as the reader's rules see it: visits, the end of follow-up, doses. */
import type { Model } from "../model";
import type { View } from "../state";
import type { Page } from "../ui/context";

export interface Visit {
  day: number;
  change: number; // of the sum of diameters, % of baseline
  response: string;
  newLesion: boolean;
}
export type LastSeen = "progression" | "new lesion" | "death" | "none";

export function cutoff(view: View): number {
  return view.rules.cutoff ?? Infinity;
}

/** Visits up to the progression visit and the cut-off; no image is taken after progression. */
export function visits(model: Model, row: number, cut: number): Visit[] {
  const p = model.patients!;
  const day = p.visits.numbers("DAY"), change = p.visits.numbers("PCHG"), fresh = p.visits.numbers("NEW_LESION");
  const out: Visit[] = [];
  for (let i = p.visitStart[row]; i < p.visitStart[row + 1]; i++) {
    if (day[i] > cut) break;
    const response = p.visits.label("RESPONSE", i);
    out.push({ day: day[i], change: change[i], response, newLesion: fresh[i] === 1 });
    if (response === "PD") break;
  }
  return out;
}

/** How the patient was last seen at imaging: progressed (and by what), died without having progressed, or neither. */
export function lastSeen(model: Model, list: Visit[], row: number, cut: number): LastSeen {
  const last = list[list.length - 1];
  if (last?.response === "PD") return last.newLesion ? "new lesion" : "progression";
  return deathDay(model, row) <= cut ? "death" : "none";
}

/** The first event of this name; NaN: none. */
export function eventDay(model: Model, row: number, name: string): number {
  const p = model.patients!;
  const text = p.events.texts("EVENT");
  const code = text ? text.levels.indexOf(name) : -1;
  if (code < 0) return NaN;
  const day = p.events.numbers("DAY");
  for (let i = p.eventStart[row]; i < p.eventStart[row + 1]; i++) if (text!.code[i] === code) return day[i];
  return NaN;
}
function deathDay(model: Model, row: number): number {
  return eventDay(model, row, "death");
}

/** Limits of response and progression as changes of the sum of diameters, % (docs/reference/endpoints.md): by RECIST −30 and +20; by Lugano
 * −50 and +50 % of the product, which are these of a diameter. */
export function limits(p: Page): { shrink: number; grow: number } {
  const lugano = p.model.run.study.assess.criteria === "Lugano";
  return lugano ? { shrink: 100 * (Math.SQRT1_2 - 1), grow: 100 * (Math.sqrt(1.5) - 1) } : { shrink: -30, grow: 20 };
}

export interface Dose {
  day: number;
  kind: "cells" | "drug" | "rescue";
}

/** Which of these amounts are doses of cells: events.csv does not name what is given, but patients.csv counts the infusions of a product,
 * and cells are far more than any amount of a drug. All false when the two do not part clearly. */
export function areCells(amount: number[], infusions: number): boolean[] {
  const order = [...amount].sort((a, b) => b - a);
  const clear = infusions > 0 && infusions <= order.length && (infusions === order.length || order[infusions - 1] > 10 * order[infusions]);
  return amount.map((x) => clear && x >= order[infusions - 1]);
}

/** Everything given to a patient up to the cut-off. */
export function doses(model: Model, row: number, cut: number): Dose[] {
  const p = model.patients!;
  const text = p.events.texts("EVENT");
  if (!text) return [];
  const dose = text.levels.indexOf("dose"), rescue = text.levels.indexOf("rescue dose");
  const day = p.events.numbers("DAY"), value = p.events.numbers("VALUE");
  const at: number[] = [], out: Dose[] = [];
  for (let i = p.eventStart[row]; i < p.eventStart[row + 1]; i++) {
    if (text.code[i] === dose) at.push(i);
    if (text.code[i] === rescue && day[i] <= cut) out.push({ day: day[i], kind: "rescue" });
  }
  const cells = areCells(at.map((i) => value[i]), p.patients.numbers("INFUSIONS")[row]);
  at.forEach((i, k) => day[i] <= cut && out.push({ day: day[i], kind: cells[k] ? "cells" : "drug" }));
  return out.sort((a, b) => a.day - b.day);
}
