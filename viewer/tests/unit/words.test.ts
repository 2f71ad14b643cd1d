import { expect, test } from "vitest";
import { fill } from "../../src/words";

test("one patient and one replicate are told as one", () => {
  expect(fill("{n} patients a trial", { n: "1" })).toBe("1 patient a trial");
  expect(fill("Tables: all {n} replicates.", { n: 1 })).toBe("Tables: the one replicate.");
  expect(fill("{r} replicates of {n} patients", { r: 2, n: 1 })).toBe("2 replicates of 1 patient");
});

test("other numbers, other words and Chinese stay as they are", () => {
  expect(fill("{n} patients", { n: 0 })).toBe("0 patients");
  expect(fill("all {n} patients", { n: "1,001" })).toBe("all 1,001 patients");
  expect(fill("{k} of {n} patients", { k: 1, n: 21 })).toBe("1 of 21 patients");
  expect(fill("{n} patients", {})).toBe("{n} patients");
  expect(fill("{n} 名患者", { n: 1 })).toBe("1 名患者");
});
