/* Texts of differences between runs: the same digits as `perforin compare` prints for the same numbers. */
import { describe, expect, it } from "vitest";
import { decimals, gapText, isUnreached, whyNot } from "../../src/compare/gap";
import type { ComparedFigure, Gap } from "../../src/data";
import { setLanguage } from "../../src/words";

function figure(unit: string, a: number | null, b: number | null, gap: Partial<Gap>): ComparedFigure {
  const run = (value: number | null) => ({ path: "arms.0.endpoints.0", centre: "mean" as const, value, low: null, high: null });
  const g: Gap = { how: "means, paired", n: 8, value: null, se: null, low: null, high: null, p: null, p_holm: null, beyond: null, ...gap };
  return { arm: "NK", against: null, endpoint: "ORR", name: "ORR", unit, runs: [run(a), run(b)], gaps: [g] };
}

describe("a difference", () => {
  setLanguage("en");
  it("has as many decimals as its error leaves", () => {
    // ceil(1 - log10(e)): 2 digits of the error
    expect([0.15, 0.0029, 3, 40, 0, NaN].map(decimals)).toEqual([2, 4, 1, 0, 1, 1]);
  });
  it("of shares is told in points, as on the terminal", () => {
    // The unit test of pf_compare_runs: "+4.6 points [1.7, 7.6]"
    const t = gapText(figure("share", 0.23, 0.27625, { value: 0.04625, low: 0.01662892642276623, high: 0.07587107357723379, se: 0.0125 }), 1);
    expect(t).toEqual({ value: "+4.6", low: "1.7", high: "7.6", unit: "points" });
  });
  it("of times is told in the unit of the larger value", () => {
    const long = figure("day", 55, 66, { value: 11, low: 5, high: 17 });
    expect(gapText(long, 1)).toEqual({ value: "+0.361", low: "0.164", high: "0.559", unit: "months" });
    expect(gapText(figure("day", 20, 22, { value: 2, low: 1, high: 3 }), 1)).toEqual({ value: "+2.00", low: "1.00", high: "3.00", unit: "days" });
  });
  it("says why there is no number", () => {
    expect(whyNot(figure("day", 300, null, { not_reached: "this run" }), 1, "A")).toBe("not reached in this run");
    expect(whyNot(figure("day", null, 300, { not_reached: "first run" }), 1, "A")).toBe("not reached in A");
    expect(whyNot(figure("share", 0.2, 0.2, { value: 0, low: 0, high: 0 }), 1, "A")).toBe("no difference");
    const neither = figure("day", null, null, { value: 0, low: 0, high: 0 });
    expect(isUnreached(neither, 1)).toBe(true);
    expect(whyNot(neither, 1, "A")).toBe("–");
    expect(gapText(figure("share", 0.2, null, {}), 1)).toBeNull();
  });
});
