import { expect, test } from "vitest";
import { distribution, extentOf, histogram, textWidth, wrap } from "../../src/figures/draw";

/* numpy 1.24: np.histogram([0.1, 0.4, 0.45, 0.9, 1.0, 2.0], bins=4, range=(0, 2)) -> [3, 1, 1, 1] */
test("even bins hold their lower end, the last one both", () => {
  expect(histogram([0.1, 0.4, 0.45, 0.9, 1.0, 2.0], 0, 2, 4).map((b) => b.count)).toEqual([3, 1, 1, 1]);
});
/* np.histogram(np.log([1, 2, 5, 20, 90, 100]), bins=2, range=(0, log 100)) -> [3, 3] */
test("bins of a log axis are even in the logarithm", () => {
  const b = histogram([1, 2, 5, 20, 90, 100], 1, 100, 2, true);
  expect(b.map((x) => x.count)).toEqual([3, 3]);
  expect(b[0].high).toBeCloseTo(10, 12);
});
test("shares of few patients get a bin each, around the share", () => {
  const shares = Float64Array.from({ length: 60 }, (_, i) => (i % 3) / 54);
  const b = distribution(shares, 0, 0.1, 36);
  expect(b.map((x) => x.count)).toEqual([20, 20, 20]);
  expect(b[1].low).toBeCloseTo(0.5 / 54, 12);
  expect(b[1].high).toBeCloseTo(1.5 / 54, 12);
});
test("values that do not exist or are not reached are in no bin", () => {
  expect(distribution(Float64Array.of(NaN, 1, Infinity, -Infinity, 1.5), 0, 2, 4).reduce((n, b) => n + b.count, 0)).toBe(2);
});
test("an extent passes over what is not there", () => {
  expect(extentOf([null, undefined, NaN, Infinity], false)).toBeNull();
  const [low, high] = extentOf([2, 1, null], false)!;
  expect(low).toBeLessThan(1);
  expect(high).toBeGreaterThan(2);
  expect(extentOf([0, -1, 2, 4], true)![0]).toBeGreaterThan(0);
});
test("text is wrapped to its width in both scripts", () => {
  for (const s of ["OS ratio, among INFUSIONS > 6 against INFUSIONS <= 6", "中位无进展生存期与总生存期之比（亚组比较）"])
    for (const line of wrap(s, 120)) expect(textWidth(line)).toBeLessThanOrEqual(120);
  expect(wrap("one two three four five six seven eight nine ten", 60, 13, 2)).toHaveLength(2);
});
test("values that are all the same are one bin around them", () => {
  const b = distribution(Float64Array.of(3, 3, 3), 3, 3, 20);
  expect(b).toHaveLength(1);
  expect(b[0].count).toBe(3);
  expect(b[0].low).toBeLessThan(3);
  expect(b[0].high).toBeGreaterThan(3);
  expect(distribution(new Float64Array(2), 0, 0, 20)[0].count).toBe(2);
});
