import { expect, test } from "vitest";
import { pearson } from "../../src/figures/correlation";
import { levelText } from "../../src/figures/forest";
import { apart } from "../../src/figures/power";
import { chance } from "../../src/figures/unknowns";

test("labels are moved apart, keep their order and stay below the top", () => {
  const y = apart([50, 51, 10, 52], 5, 100);
  expect(y[2]).toBe(10);
  expect(y[0]).toBe(50);
  expect(y[1]).toBeGreaterThanOrEqual(55);
  expect(y[3]).toBeGreaterThanOrEqual(y[1] + 5);
  expect(apart([99, 100], 5, 100)).toEqual([95, 100]);
});
/* R: under independence a rank correlation has the variance 1 / (n - 1); qnorm(0.975) / sqrt(199) = 0.1389384 */
test("what chance alone shows of a rank correlation", () => {
  expect(chance(200)).toBeCloseTo(0.1389, 3);
  expect(chance(2)).toBe(1);
});

test("a subgroup is named as people write it, and as the run wrote it when it is of another form", () => {
  const row = (covariate: string, level: string) => levelText({ covariate, level } as Parameters<typeof levelText>[0]);
  expect(row("age", "age >= 59.5 year")).toBe("age ≥ 59.5 years");
  expect(row("NK_fun", "NK_fun < 0.692")).toBe("NK_fun < 0.692");
  expect(row("x", "something else")).toBe("something else");
});

/* numpy.corrcoef([1, 2, 4, 7], [2, 1, 5, 9])[0, 1] = 0.96402255 */
test("Pearson's correlation passes over what is missing", () => {
  expect(pearson([1, 2, NaN, 4, 7], [2, 1, 3, 5, 9])).toEqual({ r: expect.closeTo(0.96402255, 8), n: 4 });
  expect(pearson([1, 1, 1], [1, 2, 3]).r).toBeNaN();
});
