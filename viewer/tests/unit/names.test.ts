import { afterEach, describe, expect, it } from "vitest";
import { difference, unitText } from "../../src/format";
import { covariateName, harmShort, labelName, measureName } from "../../src/names";
import type { Measure } from "../../src/data";
import { grouped, measureRows, ofArm } from "../../src/sections/endpoints";
import { at } from "../../src/ui/num";
import { setLanguage } from "../../src/words";

afterEach(() => setLanguage("en"));

describe("names", () => {
  it("says when a share of survival is meant in months", () => {
    expect(measureName({ endpoint: "PFS_at", at_day: 182.625 })).toBe("PFS at 6 months");
    setLanguage("zh");
    expect(measureName({ endpoint: "PFS_at", at_day: 182.625 })).toBe("6 个月 PFS 率");
  });
  it("reads the phrases that a study may write", () => {
    expect(labelName("CRS >= 3")).toBe("cytokine release syndrome (CRS), grade 3 or higher");
    expect(labelName("marker CEA day 56 ratio")).toBe("CEA, day 56, ratio");
    expect(labelName("marker NK fold day 112")).toBe("NK relative to before treatment, day 112");
    expect(labelName("event GVHD at 1 year")).toBe("graft-versus-host disease (GVHD) by 1 year");
    expect(labelName("OS ratio, among INFUSIONS > 6 against INFUSIONS <= 6")).toBe("OS, ratio of medians, infusions given > 6 against infusions given ≤ 6");
    expect(labelName("ORR ratio")).toBe("ORR, ratio");
    setLanguage("zh");
    expect(labelName("kinetics half-life day 7 to 28")).toBe("细胞动力学半衰期，第 7 至 28 天");
    expect(labelName("persistence above 6 month")).toBe("细胞存续超过 6 个月的比例");
  });
  it("reads days that the summary wrote as a part of a month", () => {
    expect(labelName("persistence above 5.91 month")).toBe("Persistence of the cells above 180 days");
    expect(labelName("persistence above 1.5 month")).toBe("Persistence of the cells above 1.5 months");
  });
  it("begins the name of a row with a capital, but keeps what the study calls its own", () => {
    expect(measureName({ endpoint: "grade", label: "CRS >= 1" })).toBe("Cytokine release syndrome (CRS), any grade");
    expect(measureName({ endpoint: "kinetics_half_life", label: "kinetics half-life day 7 to 28" })).toBe("Half-life of cell kinetics, days 7 to 28");
    expect(measureName({ endpoint: "marker", label: "marker viable day 3" })).toBe("viable, day 3");
    expect(measureName({ endpoint: "marker_ratio", label: "marker ctDNA day 3 ratio" })).toBe("ctDNA, day 3, ratio");
    expect(measureName({ endpoint: "grade", label: "CRS >= 3" }, true)).toBe("CRS grade ≥ 3");
  });
  it("shortens harms to their abbreviation where they have one", () => {
    setLanguage("zh");
    expect(["CRS", "GVHD", "off-tumour", "second-malignancy"].map(harmShort)).toEqual(["CRS", "GVHD", "正常组织损伤（在靶脱瘤效应）", "继发恶性肿瘤"]);
  });
  it("shows what it does not know as it was written", () => {
    expect(labelName("spin z0")).toBe("spin z0");
    expect(measureName({ endpoint: "spin", label: "spin z0" })).toBe("spin z0");
    expect(measureName({ endpoint: "something_else" })).toBe("something else");
    expect(covariateName("q7")).toBe("q7");
  });
  it("names every comparison", () => {
    expect(measureName({ endpoint: "OS_hazard_ratio" })).toBe("OS, hazard ratio (HR)");
    expect(measureName({ endpoint: "PFS_logrank_p" })).toBe("PFS, log-rank p");
    expect(measureName({ endpoint: "ORR_difference" })).toBe("ORR, difference");
    expect(measureName({ endpoint: "RFS_ratio" })).toBe("RFS, ratio of medians");
  });
});

describe("numbers and units", () => {
  it("writes units as people do", () => {
    expect(unitText("cell/uL day")).toBe("cells/µL · day");
    expect(unitText("1/cell")).toBe("1/cell");
    expect(unitText("mL")).toBe("mL");
  });
  it("gives differences their sign, in points, months or their own unit", () => {
    expect(difference(0.0635, "share")).toBe("+6.3"); // 6.35 is a little less in binary
    expect(difference(-0.0005, "share")).toBe("-0.05");
    expect(difference(0, "share")).toBe("0.00");
    expect(difference(60.875, "day")).toBe("+2.0");
    expect(difference(1.234, "1")).toBe("+1.2");
    expect(difference(NaN, "1")).toBe("–");
  });
  it("finds a number behind a key with a dot in it", () => {
    expect(at({ m: [{ "share_below_0.05": 0.25 }] }, "m.0.share_below_0.05")).toBe(0.25);
    expect(at({ a: { b: 1 } }, "a.b")).toBe(1);
    expect(at({ a: { b: 1 } }, "a.c")).toBeNull();
    expect(at({ a: 1 }, "a.b")).toBeNull();
  });
});

describe("rows of endpoints", () => {
  const of = (...names: string[]) => ({ endpoints: names.map((name) => ({ endpoint: name.split("@")[0], at_day: Number(name.split("@")[1]) || undefined }) as Measure) });
  it("puts the response rate first and leaves nothing out", () => {
    const groups = grouped(measureRows([of("DCR", "ORR", "PFS", "kinetics", "grade", "event", "CR", "marker_fold", "covariate")]));
    expect(groups.map((g) => g.group)).toEqual(["response", "survival", "kinetics", "markers", "harms", "other"]);
    expect(groups[0].rows.map((r) => r.m.endpoint)).toEqual(["ORR", "CR", "DCR"]);
    expect(groups.flatMap((g) => g.rows)).toHaveLength(9);
  });
  it("finds each arm's own measure, though the arms have different lists", () => {
    const arms = [of("ORR", "persistence_above@180", "TTR"), of("ORR", "TTR", "PFS_at@182", "PFS_at@365")];
    const rows = measureRows(arms);
    expect(rows.map((r) => [r.m.endpoint, ...r.at])).toEqual([["ORR", 0, 0], ["persistence_above", 1, -1], ["TTR", 2, 1], ["PFS_at", -1, 2], ["PFS_at", -1, 3]]);
    for (const r of rows) for (const a of [0, 1]) if (r.at[a] >= 0) expect(ofArm(arms, r, a)).toMatchObject({ endpoint: r.m.endpoint, at_day: r.m.at_day });
    expect(ofArm(arms, rows[1], 1)).toBeUndefined();
  });
});
