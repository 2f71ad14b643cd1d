/* Endpoints of groups. The five patients are counted by hand; the hazard ratio is that of coxph in R:
 * coxph(Surv(c(10, 20, 30, 15, 25), c(1, 1, 0, 1, 1)) ~ c(1, 1, 1, 0, 0), control = coxph.control(eps = 1e-14)). */
import { expect, test } from "vitest";
import { setLanguage } from "../../src/words";
import { interval } from "../../src/format";
import type { Scores } from "../../src/score/score";
import { compared, tally } from "../../src/score/tally";

const s: Scores = {
  best: Uint8Array.of(0, 2, 4, 1, 3), change: Float64Array.of(-100, 3, NaN, -40, 30),
  pfs: Float64Array.of(10, 20, 30, 15, 25), pfsEvent: Uint8Array.of(1, 1, 0, 1, 1),
  os: Float64Array.of(40, 50, 60, 70, 80), osEvent: Uint8Array.of(0, 0, 0, 1, 1),
  ttr: Float64Array.of(5, NaN, NaN, 9, NaN), dor: Float64Array.of(5, NaN, NaN, 6, NaN), dorEvent: Uint8Array.of(1, 0, 0, 1, 0),
};

test("shares divide by all patients, durations are of responders", () => {
  const t = tally(s, [0, 1, 2, 3, 4]);
  expect([t.orr.with, t.dcr.with, t.cr.with, t.orr.of]).toEqual([2, 3, 1, 5]);
  expect(t.orr.value).toBeCloseTo(0.4, 12);
  expect(t.dor.value).toBe(5.5);
  expect(tally(s, [1, 2]).dor.value).toBeNaN();
  expect(tally(s, []).orr.value).toBeNaN();
});
test("a group is compared with its reference", () => {
  const h = compared(s, "pfs", [0, 1, 2], [3, 4]);
  expect(h.ratio).toBeCloseTo(0.76037175245707911, 10);
  expect(compared(s, "pfs", [0], []).ratio).toBeNaN();
});
test("a median that is not reached keeps its lower limit, with the unit", () => {
  setLanguage("en");
  expect(interval(NaN, 170, NaN, "day")).toBe("– [5.6, –] months");
  expect(interval(0.312, 0.201, 0.44, "share")).toBe("31.2 % [20.1, 44.0]");
  expect(interval(NaN, NaN, NaN, "day")).toBe("–");
  expect(interval(3, undefined, undefined, "day")).toBe("3 days");
});
