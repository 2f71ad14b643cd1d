import { afterEach, describe, expect, it } from "vitest";
import type { Parameter, RegimenItem, Variable } from "../../src/data";
import { wrap } from "../../src/sections/diagram";
import { laterThanTreatment } from "../../src/sections/comparisons";
import { keyRows, rowsOf } from "../../src/sections/glance";
import { simulatedCentre } from "../../src/sections/published";
import { afterUnknown, chosen, variableText } from "../../src/sections/parameters";
import { regimenText, spanText } from "../../src/sections/study";
import { setLanguage } from "../../src/words";

afterEach(() => setLanguage("en"));

const item: RegimenItem = {
  name: "pembrolizumab", product: false, doses: [10], dose_high: null, unit: "mg", per: "kg", site: null, when: null, grade: null,
  on: [0], every: 21, cycle: null, cycles_low: null, cycles_high: null, until_progression: true,
};
const cells: RegimenItem = {
  ...item, name: "NK cells", product: true, doses: [1e9], dose_high: 1e10, unit: "cells", per: "", on: [12, 13], every: null, cycle: 28, cycles_low: 1, cycles_high: 3,
};

describe("a regimen in words", () => {
  it("says dose, interval and end", () => {
    expect(regimenText(item)).toBe("pembrolizumab, 10 mg/kg, every 3 weeks, until progression");
    setLanguage("zh");
    expect(regimenText(item)).toBe("pembrolizumab，10 mg/kg，每 3 周一次，直至进展");
  });
  it("says days of cycles, ranges of doses and of cycles", () => {
    expect(regimenText(cells)).toBe("NK cells, 1e9 to 1e10 cells, on days 12, 13 of a cycle of 4 weeks, 1 to 3 cycles, until progression");
  });
  it("says one day, levels in turn, a site and a rescue", () => {
    const one = { ...item, every: null, until_progression: false };
    expect(regimenText({ ...one, on: [0] })).toBe("pembrolizumab, 10 mg/kg, on day 0");
    expect(regimenText({ ...one, doses: [1, 2], per: "", unit: "1", on: [3], site: "site1" })).toBe("pembrolizumab, 1, then 2, into site1, on day 3");
    expect(regimenText({ ...one, when: "CRS", grade: 2 })).toBe("pembrolizumab, 10 mg/kg, whenever cytokine release syndrome (CRS) reaches grade 2");
  });
  it("gives spans in whole weeks or months where they are whole", () => {
    expect([21, 7, 28, 30.4375, 91.3125, 913.125, 1, 10, 100].map(spanText)).toEqual(["3 weeks", "1 week", "4 weeks", "1 month", "3 months", "30 months", "1 day", "10 days", "3.29 months"]);
  });
});

describe("parameters", () => {
  const list = [
    { name: "kappa", is: "kills a day", kind: "product", source: "cells.csv K.1", unknown: false, unit: "1/day" },
    { name: "b_I", is: "help", kind: "biology", source: "unknown; prior", unknown: true, unit: "1" },
    { name: "a", is: "first", kind: "biology", source: "book", unknown: false, unit: "mL" },
  ] as Parameter[];
  const all = { text: "", kind: "", unknown: false, order: "unknown" as const };
  it("come with the unknown ones first, else in order", () => {
    expect(chosen(list, all)).toEqual([1, 0, 2]);
    expect(chosen(list, { ...all, order: "name" })).toEqual([2, 1, 0]);
    expect(chosen(list, { ...all, order: "kind" })).toEqual([1, 2, 0]);
  });
  it("are found by name, meaning, unit and source", () => {
    expect(chosen(list, { ...all, text: "KILLS" })).toEqual([0]);
    expect(chosen(list, { ...all, text: "book" })).toEqual([2]);
    expect(chosen(list, { ...all, kind: "biology", unknown: true })).toEqual([1]);
    expect(chosen(list, { ...all, text: "nothing like it" })).toEqual([]);
  });
  it("say what follows the word unknown", () => {
    expect(afterUnknown("unknown: how many")).toBe("how many");
    expect(afterUnknown("unknown; prior")).toBe("prior");
    expect(afterUnknown("Unknown quantities, 1999")).toBe("quantities, 1999");
    expect(afterUnknown("a book")).toBe("a book");
  });
  it("write a distribution out", () => {
    const v = { name: "x", formula: null, values: null, weights: null, unit: "1", source: "", unknown: false, mean: null, sd: null };
    expect(variableText({ ...v, distribution: "normal", centre: 61, spread: 9, low: 30, high: 85 } as Variable)).toBe("normal 61, sd 9; 30 to 85");
    expect(variableText({ ...v, distribution: "loguniform", centre: null, spread: null, low: 3000, high: 1e6 } as Variable)).toBe("log-uniform, 3000 to 1e6");
    expect(variableText({ ...v, distribution: "discrete", centre: null, spread: null, low: null, high: null, values: [0, 1] } as Variable)).toBe("2 values: 0, 1");
  });
});

describe("the first rows", () => {
  it("are response and survival, or what else is measured", () => {
    const of = (...names: string[]) => keyRows(names.map((endpoint) => ({ m: { endpoint }, at: [0] })) as never).map((r) => r.m.endpoint);
    expect(of("DCR", "OS", "ORR", "PFS", "CR", "OS_at")).toEqual(["ORR", "CR", "PFS", "OS"]);
    expect(of("RFS", "OS", "RFS_at", "RFS_at", "OS_at", "OS_at", "kinetics")).toEqual(["RFS", "OS", "RFS_at", "OS_at"]);
    expect(of("kinetics", "Cmax")).toEqual(["Cmax"]);
  });
});

describe("comparisons at a glance", () => {
  const m = (endpoint: string, label?: string) => ({ endpoint, label });
  it("names groups of patients within an arm, and does not mix them with the arms", () => {
    const c = { arm: "NK", against: "control", measures: [m("PFS_hazard_ratio", "PFS HR, among age < 60 against age >= 60"), m("PFS_hazard_ratio"), m("ORR_difference")] };
    expect(rowsOf(c as never, ["ORR_difference", "PFS_hazard_ratio"])).toEqual([
      { head: "NK / control: age < 60 / age ≥ 60", at: [-1, 0] },
      { head: "NK / control", at: [2, 1] },
    ]);
    expect(rowsOf({ arm: "followed", against: "followed", measures: [m("RFS_hazard_ratio", "RFS HR, among f < 0.7 against f >= 0.7")] } as never, ["RFS_hazard_ratio"]).map((r) => r.head)).toEqual(["followed: f < 0.7 / f ≥ 0.7"]);
  });
  it("knows groups that treatment itself makes", () => {
    expect(laterThanTreatment(["OS ratio, among INFUSIONS > 6 against INFUSIONS <= 6", "PFS HR, among age < 60 against age >= 60", "marker_ratio"])).toEqual(["INFUSIONS"]);
  });
});

describe("the simulated centre of a published figure", () => {
  it("is the median where some replicates do not reach the value, as in the table of endpoints", () => {
    const figure = { endpoint: "OS", arm: "a", simulated_mean: 950, simulated_median: 873, replicates_defined: 20 };
    const model = (reached: number) => ({ summary: { arms: [{ name: "a", endpoints: [{ endpoint: "OS", mean: 950, replicates_defined: 20, replicates_reached: reached }] }], comparisons: [] } });
    expect(simulatedCentre(model(19) as never, figure as never)).toBe("simulated_median");
    expect(simulatedCentre(model(20) as never, figure as never)).toBe("simulated_mean");
  });
});

describe("text in boxes", () => {
  it("breaks at spaces, behind slashes and between Chinese letters, and loses nothing", () => {
    expect(wrap("evidence/populations/nsclc.yaml", 100, 11.5).join("")).toBe("evidence/populations/nsclc.yaml");
    expect(wrap("evidence/populations/nsclc.yaml", 100, 11.5).length).toBeGreaterThan(1);
    expect(wrap("每次重复抽取", 30, 13).join("")).toBe("每次重复抽取");
    expect(wrap("drawn for each replicate", 60, 12).join(" ")).toBe("drawn for each replicate");
  });
});
