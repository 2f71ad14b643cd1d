/* Grades and counted events: of all replicates from the summary, or counted among the patients that are looked at. */
import type { Model } from "../model";
import type { GradeArm } from "../data";
import { shownArms } from "../select";
import type { Page } from "../ui/context";
import { cutoff } from "./course";

/** Names of columns have letters, digits and _ only. */
export function columnOf(prefix: string, name: string): string {
  return prefix + name.replace(/[^A-Za-z0-9_]/g, "_");
}

/** Patients of one arm by their worst grade. */
interface Worst {
  arm: number;
  patients: number[]; // with worst grade 0 to 5
  path: string | null; // of the arm in summary.json; null: counted here
}
export interface Harm {
  grade: string;
  arms: Worst[];
}
export const total = (x: number[]): number => x.reduce((a, b) => a + b, 0);
export const atLeast = (x: number[], grade: number): number => total(x.slice(grade));

function ofPatients(p: Page, column: string, arm: number): number[] {
  const m = p.model.patients!, x = m.patients.numbers(column), out = [0, 0, 0, 0, 0, 0];
  for (const r of p.selection.rows) if (m.arm[r] === arm && x[r] >= 0) out[Math.min(5, Math.floor(x[r]))]++;
  return out;
}

/** Worst grades by grade and arm. With a cut-off the worst grade up to it is not known: patients keep their own. */
export function harms(p: Page): Harm[] {
  const { model } = p, arms = shownArms(model, p.view);
  return model.summary.grades.map((g, i) => ({
    grade: g.grade,
    arms: arms.flatMap((arm): Worst[] => {
      if (p.selection.source === "patients") return [{ arm, patients: ofPatients(p, columnOf("GRADE_", g.grade), arm), path: null }];
      const k = g.arms.findIndex((a) => a.arm === model.arms[arm]);
      return k < 0 ? [] : [{ arm, patients: g.arms[k].worst, path: `grades.${i}.arms.${k}` }];
    }),
  }));
}

interface CountedArm {
  arm: number;
  with: number;
  of: number;
  path: string | null; // in summary.json; null: counted here
}
interface Counted {
  event: string;
  arms: CountedArm[];
}
export function countedEvents(p: Page): Counted[] {
  const { model } = p, arms = shownArms(model, p.view), cut = cutoff(p.view);
  return model.summary.events.map((e, i) => ({
    event: e.event,
    arms: arms.flatMap((arm): CountedArm[] => {
      if (p.selection.source === "patients") {
        const m = model.patients!, day = m.patients.numbers(columnOf("EVENT_", e.event));
        const mine = p.selection.rows.filter((r) => m.arm[r] === arm);
        return [{ arm, with: mine.filter((r) => day[r] <= cut).length, of: mine.length, path: null }];
      }
      const k = e.arms.findIndex((a) => a.arm === model.arms[arm]);
      return k < 0 ? [] : [{ arm, with: e.arms[k].with, of: e.arms[k].patients, path: `events.${i}.arms.${k}` }];
    }),
  }));
}

/** Patients with grade 0 to 5 on each day. */
export interface ByDay {
  grade: string;
  arm: number;
  day: number[];
  patients: number[][]; // by day, then by grade
}

function fromSummary(a: GradeArm): Pick<ByDay, "day" | "patients"> | null {
  return a.by_day?.day.length ? a.by_day : null;
}

/** kinetics.csv has grades on the days of blood, of runs that wrote them. */
function fromSamples(p: Page, column: string, arm: number): Pick<ByDay, "day" | "patients"> | null {
  const m = p.model.patients!;
  if (!m.samples.has(column)) return null;
  const day = m.samples.numbers("DAY"), x = m.samples.numbers(column), cut = cutoff(p.view);
  const count = new Map<number, number[]>();
  for (const r of p.selection.rows) {
    if (m.arm[r] !== arm) continue;
    for (let i = m.sampleStart[r]; i < m.sampleStart[r + 1]; i++) {
      if (!(x[i] >= 0) || day[i] > cut) continue;
      if (!count.has(day[i])) count.set(day[i], [0, 0, 0, 0, 0, 0]);
      count.get(day[i])![Math.min(5, Math.floor(x[i]))]++;
    }
  }
  const days = [...count.keys()].sort((a, b) => a - b);
  return days.length ? { day: days, patients: days.map((d) => count.get(d)!) } : null;
}

/** Of grades that somebody has. From patients where they are looked at and their grades were kept; else of all replicates. */
export function gradesByDay(p: Page): { list: ByDay[]; ofAll: boolean } {
  const { model } = p;
  const seen = model.summary.grades.filter((g) => g.arms.some((a) => a.any.with > 0));
  const kept = p.selection.source === "patients" && seen.some((g) => model.patients!.samples.has(columnOf("GRADE_", g.grade)));
  const list = seen.flatMap((g) => shownArms(model, p.view).flatMap((arm): ByDay[] => {
    const a = g.arms.find((x) => x.arm === model.arms[arm]);
    const one = kept ? fromSamples(p, columnOf("GRADE_", g.grade), arm) : a ? fromSummary(a) : null;
    return one ? [{ grade: g.grade, arm, ...one }] : [];
  }));
  return { list, ofAll: !kept };
}
export function hasByDay(model: Model): boolean {
  return model.summary.grades.some((g) => g.arms.some((a) => a.any.with > 0 && !!a.by_day?.day.length));
}
