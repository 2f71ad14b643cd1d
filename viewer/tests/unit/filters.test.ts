import { describe, expect, it } from "vitest";
import { covariates } from "../../src/covariates";
import type { Run } from "../../src/data";
import { Model } from "../../src/model";
import { filterText } from "../../src/ui/filters";

/** A run of three patients, one arm. */
function run(): Run {
  const f8 = (x: number[]) => ({ t: "f8" as const, d: Buffer.from(new Float64Array(x).buffer).toString("base64") });
  const empty = { n: 0, column: {} };
  return {
    summary: { arms: [{ name: "A", covariates: [{ name: "theta" }, { name: "age" }, { name: "h" }] }], comparisons: [], parameters: [{ name: "theta", is: "antigenicity", unit: "1" }] },
    study: { assess: { criteria: "RECIST 1.1" }, population: { variables: [{ name: "age", unit: "year" }] } },
    detail: { replicates: 1, size: 3, size_planned: 3, visits: empty, samples: empty, events: empty,
      patients: { n: 3, column: { ARM: { t: "const", v: "A" }, FAILED: { t: "const", v: 0 }, age: f8([51, NaN, 70]), theta: f8([0.5, 1, 2]), h: { t: "const", v: 9e-5 } } } },
  } as unknown as Run;
}

describe("choosing patients", () => {
  it("offers what differs between patients, the well known first", () => {
    const list = covariates(new Model(run()));
    expect(list.map((c) => c.name)).toEqual(["age", "theta"]);
    expect(list[0]).toMatchObject({ title: "age", unit: "years", low: 51, high: 70 });
    expect(list[1]).toMatchObject({ title: "antigenicity (theta)", unit: "" });
  });
  it("says what a filter keeps", () => {
    expect(filterText({ name: "age", low: 50, high: null }, "age", "years")).toBe("age ≥ 50 years");
    expect(filterText({ name: "age", low: null, high: 65 }, "age", "")).toBe("age ≤ 65");
    expect(filterText({ name: "age", low: 50, high: 65 }, "age", "")).toBe("age 50–65");
    expect(filterText({ name: "ecog", low: 1, high: 1 }, "ECOG", "")).toBe("ECOG = 1");
  });
});
