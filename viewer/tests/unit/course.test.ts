/* Courses of single patients, and levels and grades counted from them. PERFORIN_PAGE=file.html holds any page against its own
 * patients.csv, and, of a run with one replicate, against its summary. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Column, PageData, Run, Table } from "../../src/data";
import { doses, eventDay, lastSeen, visits } from "../../src/figures/course";
import { atLeast, countedEvents, harms, total } from "../../src/figures/grade_data";
import { kineticsOf, levels, markersOf, tracks } from "../../src/figures/levels";
import { Model } from "../../src/model";
import { asRun } from "../../src/score/score";
import { select } from "../../src/select";
import { initialView } from "../../src/state";
import type { Page } from "../../src/ui/context";

const f8 = (x: number[]): Column => ({ t: "f8", d: Buffer.from(new Float64Array(x).buffer).toString("base64") });
const text = (x: string[]): Column => {
  const all = [...new Set(x)];
  return { t: "text", levels: all, d: Buffer.from(Uint8Array.from(x, (v) => all.indexOf(v))).toString("base64") };
};
const table = (column: Record<string, Column>, n: number): Table => ({ n, column });

/** Three patients: progressed by a new lesion; died; alive, with a lesion that vanished. */
function small(): Model {
  const patients = table({ ARM: text(["a", "b", "a"]), FAILED: { t: "const", v: 0 }, INFUSIONS: f8([2, 0, 1]), GRADE_CRS: f8([0, 3, NaN]), EVENT_late_harm: f8([NaN, 40, NaN]) }, 3);
  const seen = table({ ROW: f8([0, 0, 1, 2, 2]), DAY: f8([30, 60, 30, 30, 60]), PCHG: f8([-10, 5, 2, -40, -100]), RESPONSE: text(["SD", "PD", "SD", "PR", "CR"]), NEW_LESION: f8([0, 1, 0, 0, 0]) }, 5);
  const events = table({ ROW: f8([0, 0, 0, 0, 1, 1, 2, 2, 2]), DAY: f8([0, 1, 8, 90, 0, 55, 2, 5, 90]), EVENT: text(["dose", "dose", "dose", "end", "dose", "death", "dose", "rescue dose", "end"]), VALUE: f8([700, 2e9, 2e9, NaN, 700, NaN, 3e9, 4, NaN]) }, 9);
  const samples = table({ ROW: f8([0, 0, 1, 2, 2]), DAY: f8([1, 7, 7, 1, 7]), KINETICS: f8([1, 4, 0, 3, 8]) }, 5);
  const count = { patients: 2, with: 1, share: 0.5, low: 0, high: 1, upper_if_none: 0.1 };
  const quantiles = { unit: "cell/uL", day: [1, 7], arms: [{ arm: "a", n: [2, 2], q05: [1, 4], q50: [2, 6], q95: [3, 8] }, { arm: "b", n: [1, 1], q05: [0, 0], q50: [0, 0], q95: [0, 0] }] };
  const summary = { arms: [{ name: "a" }, { name: "b" }], kinetics: quantiles, markers: [], grades: [{ grade: "CRS", arms: [{ arm: "a", worst: [2, 0, 0, 0, 0, 0], any: count, severe: count }] }], events: [{ event: "late harm", arms: [] }] };
  return new Model({ summary, study: { assess: { criteria: "RECIST 1.1" } }, detail: { replicates: 1, size: 3, size_planned: 3, patients, visits: seen, samples, events } } as unknown as Run);
}
function pageOf(model: Model, replicate: "all" | "detail"): Page {
  const view = { ...initialView(["en"]), replicate };
  return { model, view, selection: select(model, view), scores: asRun(model) } as unknown as Page;
}

describe("the course of a patient", () => {
  const m = small();
  test("ends with the progression visit, and with the cut-off", () => {
    expect(visits(m, 0, Infinity).map((v) => v.day)).toEqual([30, 60]);
    expect(visits(m, 0, 59).map((v) => v.day)).toEqual([30]);
  });
  test("says how the patient was last seen", () => {
    const last = (row: number, cut: number) => lastSeen(m, visits(m, row, cut), row, cut);
    expect([last(0, Infinity), last(0, 59), last(1, Infinity), last(1, 54), last(2, Infinity)]).toEqual(["new lesion", "none", "death", "none", "none"]);
    expect(eventDay(m, 1, "death")).toBe(55);
    expect(eventDay(m, 0, "death")).toBeNaN();
  });
  test("parts infusions of cells, other doses and rescues", () => {
    expect(doses(m, 0, Infinity).map((d) => [d.day, d.kind])).toEqual([[0, "drug"], [1, "cells"], [8, "cells"]]);
    expect(doses(m, 1, Infinity).map((d) => d.kind)).toEqual(["drug"]);
    expect(doses(m, 2, 4).map((d) => d.kind)).toEqual(["cells"]);
    expect(doses(m, 2, 5).map((d) => d.kind)).toEqual(["cells", "rescue"]);
  });
});

describe("levels and grades", () => {
  const m = small();
  test("are the summary's, or computed from the patients looked at; an arm without cells has none", () => {
    const q = kineticsOf(pageOf(m, "all"), "")!;
    expect(levels(pageOf(m, "all"), q).map((a) => [a.arm, a.path])).toEqual([[0, "kinetics.arms.0"]]);
    const here = levels(pageOf(m, "detail"), q);
    expect(here.map((a) => a.path)).toEqual([null]);
    expect(here[0].q50).toEqual([2, 6]);
    expect(here[0].n).toEqual([2, 2]);
    expect(tracks(pageOf(m, "detail"), q, 0, 1).map((t) => t.points.map((d) => d.level))).toEqual([[1, 4]]);
  });
  test("count those who were graded, and events with a day", () => {
    const h = harms(pageOf(m, "detail"))[0].arms;
    expect(h.map((a) => [total(a.patients), atLeast(a.patients, 3)])).toEqual([[1, 0], [1, 1]]);
    expect(countedEvents(pageOf(m, "detail"))[0].arms.map((a) => [a.with, a.of])).toEqual([[0, 2], [1, 1]]);
  });
});

const file = process.env.PERFORIN_PAGE;
describe.skipIf(!file)("a page", () => {
  const data = file ? (JSON.parse(/<script type="application\/json" id="perforin-data">([^]*?)<\/script>/.exec(readFileSync(file, "utf8"))![1]) as PageData) : null;
  const m = data ? new Model(data.runs[0]) : small();
  test("tells the same reasons of progression as patients.csv", () => {
    const p = m.patients!;
    const names: Record<string, string[]> = { none: ["none"], "target lesions": ["progression"], "new lesion": ["new lesion"], "target lesions and new lesion": ["new lesion"], death: ["death", "none"] };
    for (let r = 0; r < p.patients.n; r++) {
      const reason = p.patients.label("PD_REASON", r), last = lastSeen(m, visits(m, r, Infinity), r, Infinity);
      if (p.failed[r] || !reason || (reason === "none" && last === "death")) continue;
      expect([r, names[reason].includes(last)]).toEqual([r, true]);
    }
  });
  test("finds as many infusions as patients.csv counts", () => {
    const p = m.patients!, given = p.patients.numbers("INFUSIONS");
    for (let r = 0; r < p.patients.n; r++) if (!p.failed[r] && given[r] >= 0) expect([r, doses(m, r, Infinity).filter((d) => d.kind === "cells").length]).toEqual([r, given[r]]);
  });
  test("with one whole replicate has the summary's quantiles and counts", () => {
    if (m.summary.replicates !== 1 || !m.patients || m.patients.size < m.patients.planned) return;
    const all = pageOf(m, "all"), here = pageOf(m, "detail");
    for (const q of [kineticsOf(all, ""), ...markersOf(all)]) {
      if (!q) continue;
      const a = levels(all, q), b = levels(here, q);
      expect(b.map((x) => x.n)).toEqual(a.map((x) => x.n));
      for (const k of ["q05", "q50", "q95"] as const) b.forEach((x, i) => x[k].forEach((v, d) => expect(Math.abs(v - a[i][k][d])).toBeLessThanOrEqual(1e-6 * Math.abs(v) + 1e-30)));
    }
    expect(harms(here).map((h) => h.arms.map((x) => x.patients))).toEqual(harms(all).map((h) => h.arms.map((x) => x.patients)));
    expect(countedEvents(here).map((e) => e.arms.map((x) => [x.with, x.of]))).toEqual(countedEvents(all).map((e) => e.arms.map((x) => [x.with, x.of])));
  });
});
