import { describe, expect, it } from "vitest";
import { betaCdf, exactShare, lgamma } from "../../src/stats/binomial";

// scipy.stats.binomtest(k, n).proportion_ci(0.95, "exact"); scipy.special.gammaln, betainc.
describe("the exact interval of a share", () => {
  it("is SciPy's", () => {
    for (const [k, n, low, high] of [
      [0, 54, 0.0, 0.06603151424411463],
      [20, 55, 0.2381383792134828, 0.5043685450880137],
      [10, 54, 0.0925454867057612, 0.3142965169802079],
      [101, 101, 0.9641353796099911, 1.0],
      [613, 1978, 0.28957036824950944, 0.33081261319943506],
      [1, 10000, 2.531777563270631e-06, 0.0005570369979869689],
      [9999, 10000, 0.999442963002013, 0.9999974682224367],
      [1, 1, 0.025000000000000022, 1.0],
    ]) {
      const s = exactShare(k, n);
      expect(s.low).toBeCloseTo(low, 11);
      expect(s.high).toBeCloseTo(high, 11);
    }
  });
  it("of nobody does not exist", () => {
    expect(exactShare(0, 0).share).toBeNaN();
    expect(exactShare(0, 0).low).toBeNaN();
  });
  it("rests on ln gamma and the incomplete beta function", () => {
    expect(lgamma(0.5)).toBeCloseTo(0.5723649429247, 11);
    expect(lgamma(1)).toBeCloseTo(0.0, 11);
    expect(lgamma(3.25)).toBeCloseTo(0.9358019311087253, 11);
    expect(lgamma(170.5)).toBeCloseTo(704.0044277342047, 11);
    expect(lgamma(12000)).toBeCloseTo(100708.1657597549, 8);
    expect(betaCdf(0.3, 2, 5)).toBeCloseTo(0.5798250000000003, 11);
    expect(betaCdf(0.9, 0.5, 0.5)).toBeCloseTo(0.7951672353008665, 11);
    expect(betaCdf(0.31, 613, 1366)).toBeCloseTo(0.5119588393000343, 11);
    expect(betaCdf(0.001, 3, 9000)).toBeCloseTo(0.9937952525427289, 11);
  });
});
