/* What is drawn of a curve, and which days its axis has. */
import { expect, test } from "vitest";
import { axisDays, people } from "../../src/figures/survival_draw";
import { bandAt, drawnRows, heightAt, type ArmCurve } from "../../src/figures/survival_data";
import { initialView } from "../../src/state";
import { kaplanMeier } from "../../src/stats/km";
import { clockOf } from "../../src/ui/clock";

const curve: ArmCurve = {
  arm: 0, n: 100, events: 50, day: [0, 10, 20, 30, 40], survival: [1, 0.9, 0.6, 0.6, 0.5], end: 40,
  band: { day: [0, 20, 40], low: [1, 0.5, 0.3], high: [1, 0.7, 0.7] }, censored: [], path: "survival.0", km: null,
  ticks: new Map([0, 12, 24, 36].map((d) => [d, { atRisk: 1, events: 0, censored: 0 }])),
};

test("between the days of a band it falls with the curve", () => {
  expect(bandAt(curve, 20)).toEqual([0.5, 0.7]);
  expect(bandAt(curve, 10)[0]).toBeCloseTo(1 - 0.25 * 0.5, 12); // a quarter of the curve's fall
  expect(bandAt(curve, 30)).toEqual([0.5, 0.7]);
  expect(heightAt(curve, 15)).toBe(0.9);
  expect(heightAt(curve, 41)).toBeNaN();
});
test("a curve is not drawn on from fewer than one in fifty, unless it is near 0", () => {
  const time = Array.from({ length: 200 }, (_, i) => i + 1);
  const late = kaplanMeier({ time, event: time.map((t) => (t > 196 ? 1 : 0)) });
  expect(late.survival[199]).toBe(0);
  expect(drawnRows(late)).toBe(197); // at risk: 3 of 200
  expect(drawnRows(kaplanMeier({ time, event: time.map(() => 1) }))).toBe(200);
});
test("the axis of all replicates has the days whose numbers at risk are known, thinned to the room", () => {
  const view = initialView(["en"]), clock = clockOf(view, 40);
  expect(axisDays([curve], clock, 600)).toEqual([0, 12, 24, 36]);
  expect(axisDays([curve], clock, 190)).toEqual([0, 24]);
  expect(axisDays([{ ...curve, ticks: null }], clock, 600)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
});
test("a zoom keeps the known days inside and fills the rest", () => {
  const clock = clockOf({ ...initialView(["en"]), from: 10, to: 30 }, 40), days = axisDays([curve], clock, 600);
  expect(days).toContain(12);
  expect(days).toContain(24);
  expect(days.every((d) => d >= 10 && d <= 30)).toBe(true);
  expect(clockOf({ ...initialView(["en"]), from: 50, to: 20 }, 40).domain).toEqual([0, 20]);
});
test("means of small arms have a decimal, people have none", () => {
  expect([people(17.69, true), people(54, true), people(1642, false)]).toEqual(["17.7", "54", "1,642"]);
});
