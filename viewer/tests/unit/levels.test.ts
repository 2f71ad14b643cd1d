import { describe, expect, it } from "vitest";
import { decades, levelAxis, onAxis, quantile7 } from "../../src/figures/levels";

describe("quantiles of levels", () => {
  it("are R's type 7", () => {
    // R 4.2: quantile(c(1, 2, 4, 8, 16, 40, 77), c(.05, .5, .95)); quantile(3, .05)
    const x = [1, 2, 4, 8, 16, 40, 77];
    expect(quantile7(x, 0.05)).toBeCloseTo(1.3, 12);
    expect(quantile7(x, 0.5)).toBe(8);
    expect(quantile7(x, 0.95)).toBeCloseTo(65.9, 12);
    expect(quantile7([3], 0.05)).toBe(3);
    expect(quantile7([], 0.5)).toBeNaN();
  });
});

describe("the axis of levels", () => {
  it("is linear from 0 where levels lie close together, unless logarithms are asked for", () => {
    const a = levelAxis([5, 6], [4, 5], [8, 10], [], false);
    expect(a.log).toBe(false);
    expect(a.domain[0]).toBe(0);
    expect(onAxis(a, 0)).toBe(0);
    expect(levelAxis([5, 6], [4, 5], [8, 10], [], true).log).toBe(true);
  });
  it("is logarithmic otherwise, and draws 0 and what is too small on its lowest mark", () => {
    const a = levelAxis([0.3, 20, 0.1], [0.05, 2, 0.02], [0.4, 60, 0.5], [0.01], false);
    expect(a.log).toBe(true);
    expect(a.floor).toBeCloseTo(0.01, 12);
    expect(onAxis(a, 0)).toBe(a.floor);
    expect(onAxis(a, 1)).toBe(1);
    expect(decades(a, 8).map((x) => Math.round(Math.log10(x)))).toEqual([-2, -1, 0, 1]);
  });
  it("shows no more than seven decades: levels far below any assay are none", () => {
    const a = levelAxis([1e-9, 3], [1e-12, 1], [1e-3, 9], [], true);
    expect(a.domain[1] / a.domain[0]).toBeLessThan(2e7);
    expect(decades(a, 4).length).toBeLessThanOrEqual(4);
  });
  it("of nobody's levels stays finite", () => {
    const a = levelAxis([NaN], [NaN], [NaN], [], false);
    expect(Number.isFinite(a.domain[0]) && Number.isFinite(a.domain[1])).toBe(true);
  });
});
