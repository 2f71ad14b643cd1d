/* Expected values: R 4.2.2 with survival 3.5-3 on the patients of `people`, made there by
 *   i <- 0:149; g <- i %% 2; t <- ((i*i*7 + 13*i) %% 97 + 1) * ifelse(g == 1, 1.375, 1); e <- (i*29) %% 11 > 3
 * with survfit(conf.type = "log-log"), survdiff, coxph(control = coxph.control(eps = 1e-14)), binom.test, pchisq, lgamma. */
import { describe, expect, test } from "vitest";
import { hazardRatio, logRank } from "../../src/stats/compare";
import { cumulativeIncidence } from "../../src/stats/cuminc";
import { kaplanMeier, quantile, standing, survivalAt, type Times } from "../../src/stats/km";
import { exactShare } from "../../src/stats/proportion";
import { chiSquareTail, logGamma, normalTwoSided } from "../../src/stats/special";

const near = (x: number, want: number, relative = 1e-11) => expect(Math.abs(x / want - 1), `${x} is not ${want}`).toBeLessThan(relative);
const all = Array.from({ length: 150 }, (_, i) => ({ g: i % 2, t: (((i * i * 7 + 13 * i) % 97) + 1) * (i % 2 ? 1.375 : 1), e: (i * 29) % 11 > 3 ? 1 : 0 }));
const people = (g: number, time = (t: number) => t): Times => ({ time: all.filter((x) => x.g === g).map((x) => time(x.t)), event: all.filter((x) => x.g === g).map((x) => x.e) });

describe("distribution functions", () => {
  test("log gamma is that of R", () => {
    near(logGamma(0.5), 0.57236494292470008);
    near(logGamma(2.5), 0.28468287047291918);
    near(logGamma(15.9), 27.625493215168696);
    near(logGamma(1e5), 1051287.7089736569);
  });
  test("tails of chi-square and normal keep their digits", () => {
    near(chiSquareTail(0.1, 1), 0.75182963404584935);
    near(chiSquareTail(3.84, 1), 0.050043521248705224);
    near(chiSquareTail(300, 1), 3.2943623833140410e-67);
    near(chiSquareTail(40, 3), 1.0655090334255863e-8);
    near(normalTwoSided(1.96), 0.049995790296440856);
    near(normalTwoSided(-30), 9.8134278542963744e-198);
  });
});

describe("Kaplan-Meier", () => {
  test("median and quantile with their limits are those of survfit", () => {
    expect(quantile(kaplanMeier(people(0)))).toEqual({ value: 68, lower: 50, upper: 78 });
    expect(quantile(kaplanMeier(people(1)))).toEqual({ value: 93.5, lower: 72.875, upper: 111.375 });
    expect(quantile(kaplanMeier(people(1)), 0.25)).toEqual({ value: 45.375, lower: 23.375, upper: 68.75 });
  });
  test("survival at a time with its log-log limits is that of survfit", () => {
    const c = kaplanMeier(people(0)), s = survivalAt(c, 40);
    expect([c.n, c.events]).toEqual([75, 47]);
    near(s.value, 0.6832307777356813);
    near(s.lower, 0.55899255199985043);
    near(s.upper, 0.77920629661117913);
    near(survivalAt(c, 80).upper, 0.44687147988091008);
  });
  test("a curve that stands at one half has its median in the middle, to the end of the data too", () => {
    expect(quantile(kaplanMeier({ time: [1, 2, 3, 4], event: [1, 1, 0, 1] })).value).toBe(3);
    expect(quantile(kaplanMeier({ time: [1, 2, 3, 4], event: [1, 1, 0, 0] })).value).toBe(3);
  });
  test("what is not reached does not exist, and nothing is said behind the last time", () => {
    const c = kaplanMeier({ time: [5, 6, 7], event: [1, 0, 0] });
    expect(quantile(c).value).toBeNaN();
    expect(survivalAt(c, 8).value).toBeNaN();
    expect(survivalAt(c, 4).value).toBe(1);
    expect(kaplanMeier({ time: [], event: [] }).n).toBe(0);
  });
  test("who leaves at a time is at risk just before it, and counted as gone at it", () => {
    const c = kaplanMeier({ time: [5, 6, 6, 7], event: [1, 0, 1, 0] });
    expect(standing(c, 6)).toEqual({ atRisk: 3, events: 2, censored: 1 });
    expect(standing(c, 9)).toEqual({ atRisk: 0, events: 2, censored: 2 });
  });
  test("times closer than the resolution of R are one", () => {
    expect(kaplanMeier({ time: [1, 1 + 1e-9, 2], event: [1, 1, 0] }).time).toEqual([1, 2]);
  });
});

describe("two groups", () => {
  test("the log-rank test is that of survdiff", () => {
    const r = logRank(people(1), people(0));
    expect(r.observed).toEqual([48, 47]);
    near(r.expected[1], 33.038833890654153);
    near(r.chiSquare, 10.449220532770772);
    near(r.p, 0.0012270122245009803);
  });
  test("the hazard ratio is that of coxph", () => {
    const h = hazardRatio(people(1), people(0));
    near(h.ratio, 0.48005195553940061);
    near(h.lower, 0.30530127812172381);
    near(h.upper, 0.75482776041743971);
    near(h.p, 0.0014830232279253611, 1e-9);
  });
  test("many ties are treated after Efron", () => {
    const tie = (t: number) => Math.ceil(t / 20), h = hazardRatio(people(1, tie), people(0, tie));
    near(h.ratio, 0.53064259555771287);
    near(h.lower, 0.34060262351617404);
    near(h.upper, 0.82671578190840078);
    near(logRank(people(1, tie), people(0, tie)).chiSquare, 7.8069369666258126);
  });
  test("events in one group only have no finite ratio, none at all no ratio", () => {
    const quiet: Times = { time: [3, 4], event: [0, 0] }, struck: Times = { time: [1, 2], event: [1, 1] };
    expect(hazardRatio(struck, quiet).ratio).toBe(Infinity);
    expect(hazardRatio(quiet, struck).ratio).toBe(0);
    expect(hazardRatio(quiet, quiet).ratio).toBeNaN();
    expect(logRank(quiet, quiet).p).toBeNaN();
  });
});

describe("shares", () => {
  test("exact limits are those of binom.test", () => {
    const s = exactShare(7, 20);
    near(s.lower, 0.15390920478454115);
    near(s.upper, 0.59218853453282816);
    near(exactShare(3, 10000).lower, 6.1871485748387047e-5, 1e-10);
    near(exactShare(5200, 10000).upper, 0.52983495148605675, 1e-10);
    expect(exactShare(0, 54).lower).toBe(0);
    near(exactShare(0, 54).upper, 0.066031514244421774);
    near(exactShare(54, 54).lower, 0.93396848575557823);
    expect(exactShare(0, 0).value).toBeNaN();
  });
});

test("cumulative incidence with a competing event is that of survfit of several states", () => {
  const cause = all.map((x, i) => x.e * (1 + (i % 3 === 0 ? 1 : 0)));
  const c = cumulativeIncidence(all.map((x) => x.t), cause);
  const at = (t: number) => c.incidence[c.time.filter((x) => x <= t).length - 1];
  expect(c.events).toBe(62);
  near(at(12), 0.060792531318847098);
  near(at(40), 0.183586259810536917);
  near(at(120), 0.523027463511185453);
});
