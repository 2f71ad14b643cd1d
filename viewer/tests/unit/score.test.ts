/* Scored again in the page, patients get what a run under the same rules gives them. tests/data/scores.json holds such runs
 * (made by scores.py beside it). PERFORIN_PAGE=file.html tests any page: without a change of rules, re-scoring gives its own patients.csv. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Assess, Detail, PageData, Run, Table } from "../../src/data";
import { Model } from "../../src/model";
import { asRun, score, type Scores } from "../../src/score/score";
import { parseView, type Rules } from "../../src/state";

interface Case {
  study: string;
  arms: string[];
  assess: Assess;
  cutoff: number;
  detail: Detail;
  changed: Record<string, Table["column"]>;
}
const cases = JSON.parse(readFileSync(new URL("../data/scores.json", import.meta.url), "utf8")) as Case[];
const AS_STUDY: Rules = { confirm: null, deaths: null, dating: null, cutoff: null };

function model(c: Case, columns = c.detail.patients.column): Model {
  const detail = { ...c.detail, patients: { n: c.detail.patients.n, column: { ...c.detail.patients.column, ...columns } } };
  return new Model({ summary: { arms: c.arms.map((name) => ({ name })) }, study: { assess: c.assess }, detail } as unknown as Run);
}

const TIMES = ["pfs", "os", "ttr", "dor", "change"] as const, FLAGS = ["best", "pfsEvent", "osEvent", "dorEvent"] as const;

/** Patients who differ by more than `slack` days. */
function differ(a: Scores, b: Scores, slack = 0): string[] {
  const out: string[] = [];
  for (let r = 0; r < a.best.length; r++) {
    for (const k of FLAGS) if (a[k][r] !== b[k][r]) out.push(`${r} ${k} ${a[k][r]} ${b[k][r]}`);
    for (const k of TIMES) if (!(Math.abs(a[k][r] - b[k][r]) <= slack) && !(Number.isNaN(a[k][r]) && Number.isNaN(b[k][r]))) out.push(`${r} ${k} ${a[k][r]} ${b[k][r]}`);
  }
  return out;
}

describe.each(cases)("$study", (c) => {
  const base = model(c), rerun = (name: string) => asRun(model(c, c.changed[name]));
  test("without a change every endpoint of every patient is the run's", () => {
    expect(differ(score(base, AS_STUDY), asRun(base))).toEqual([]);
  });
  test("responses confirmed, as in a run with confirm: yes", () => {
    expect(differ(score(base, { ...AS_STUDY, confirm: true }), rerun("confirm"))).toEqual([]);
  });
  test("deaths censored, as in a run with deaths: censored", () => {
    expect(differ(score(base, { ...AS_STUDY, deaths: "censored" }), rerun("deaths"))).toEqual([]);
  });
  test("progression dated halfway, as in a run with progression_day: midpoint", () => {
    expect(differ(score(base, { ...AS_STUDY, dating: "midpoint" }), rerun("dating"))).toEqual([]);
  });
  test("an earlier cut-off, as in a run with that horizon, to 0.01 day: the last step of a run ends at its horizon", () => {
    expect(differ(score(base, { ...AS_STUDY, cutoff: c.cutoff }), rerun("cutoff"), 0.01)).toEqual([]);
  });
  test("a cut-off behind the study's end changes nothing, one on day 0 leaves nobody an event but who died before", () => {
    expect(differ(score(base, { ...AS_STUDY, cutoff: 1e6 }), asRun(base))).toEqual([]);
    const none = score(base, { ...AS_STUDY, cutoff: 0 });
    expect(none.pfsEvent.every((x, r) => x === 0 || none.osEvent[r] === 1)).toBe(true);
    expect(Math.max(...none.os)).toBe(0);
  });
  test("the rules of the study itself are what no change means", () => {
    const other = model({ ...c, assess: { ...c.assess, deaths: "censored", progression_day: "midpoint" } });
    expect(differ(score(other, { ...AS_STUDY, deaths: "event", dating: "visit" }), asRun(base))).toEqual([]);
  });
});

describe("one patient", () => {
  const visits = (list: [number, string][]): Model => {
    const f8 = (x: number[]) => ({ t: "f8" as const, d: Buffer.from(Float64Array.from(x).buffer).toString("base64") });
    const levels = [...new Set(list.map((v) => v[1]))];
    const detail = {
      replicates: 1, size: 1, size_planned: 1, samples: { n: 0, column: {} },
      patients: { n: 1, column: { ARM: { t: "const", v: "a" }, FAILED: { t: "const", v: 0 }, PFS: { t: "const", v: 1 } } },
      visits: { n: list.length, column: { ROW: f8(list.map(() => 0)), DAY: f8(list.map((v) => v[0])), RESPONSE: { t: "text", levels, d: Buffer.from(list.map((v) => levels.indexOf(v[1]))).toString("base64") } } },
      events: { n: 1, column: { ROW: f8([0]), DAY: f8([500]), EVENT: { t: "const", v: "death" } } },
    };
    return new Model({ summary: { arms: [{ name: "a" }] }, study: { assess: { confirm: true, deaths: "event", progression_day: "visit", sd_minimum: 42 } }, detail } as unknown as Run);
  };
  const one = (list: [number, string][], rules: Partial<Rules> = {}) => {
    const s = score(visits(list), { ...AS_STUDY, ...rules });
    return { best: ["CR", "PR", "SD", "PD", "NE"][s.best[0]], pfs: s.pfs[0], event: s.pfsEvent[0], ttr: s.ttr[0], dor: s.dor[0] };
  };
  test("a response that is not seen again 28 days later is stable disease", () => {
    expect(one([[50, "PR"], [70, "SD"], [120, "PD"]])).toEqual({ best: "SD", pfs: 120, event: 1, ttr: NaN, dor: NaN });
    expect(one([[50, "PR"], [78, "PR"], [120, "PD"]])).toEqual({ best: "PR", pfs: 120, event: 1, ttr: 50, dor: 70 });
    expect(one([[50, "PR"], [70, "SD"], [120, "PD"]], { confirm: false })).toEqual({ best: "PR", pfs: 120, event: 1, ttr: 50, dor: 70 });
  });
  test("a complete response is confirmed by a complete response; until then it counts as partial", () => {
    expect(one([[50, "PR"], [80, "CR"], [100, "CR"]]).best).toBe("PR");
    expect(one([[50, "PR"], [80, "CR"], [108, "CR"]])).toEqual({ best: "CR", pfs: 500, event: 1, ttr: 50, dor: 450 });
  });
  test("stable disease before its day counts as nothing, progression halfway lies between two visits", () => {
    expect(one([[30, "SD"]], { cutoff: 40 })).toEqual({ best: "NE", pfs: 30, event: 0, ttr: NaN, dor: NaN });
    expect(one([[50, "SD"], [100, "PD"]], { dating: "midpoint" }).pfs).toBe(75);
    expect(one([[50, "PD"]], { dating: "midpoint" }).pfs).toBe(25);
  });
  test("under censored deaths the last visit ends progression-free survival", () => {
    expect(one([[50, "SD"]], { deaths: "censored" })).toEqual({ best: "SD", pfs: 50, event: 0, ttr: NaN, dor: NaN });
    expect(one([], { deaths: "censored" }).pfs).toBe(0);
  });
});

test("an address with a cut-off before day 0 asks for none", () => {
  expect(parseView("#cutoff=-3", ["en"]).rules.cutoff).toBeNull();
  expect(parseView("#cutoff=0", ["en"]).rules.cutoff).toBe(0);
});

const page = process.env.PERFORIN_PAGE;
test.runIf(page)("the page of PERFORIN_PAGE scores its patients as its run did", () => {
  const text = /<script type="application\/json" id="perforin-data">(.*?)<\/script>/s.exec(readFileSync(page!, "utf8"))![1];
  const m = new Model((JSON.parse(text) as PageData).runs[0]);
  expect(m.patients!.patients.n).toBeGreaterThan(0);
  expect(differ(score(m, AS_STUDY), asRun(m))).toEqual([]);
});
