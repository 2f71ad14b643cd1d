import { describe, expect, it } from "vitest";
import { areCells } from "../../src/figures/course";
import { layoutKey, textWidth } from "../../src/figures/key";
import { evenly } from "../../src/figures/whom";

describe("evenly chosen", () => {
  it("keeps all of few, and the first and last of many", () => {
    expect(evenly([1, 2, 3], 3)).toEqual([1, 2, 3]);
    const some = evenly(Array.from({ length: 1001 }, (_, i) => i), 11);
    expect(some).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(evenly([1, 2, 3], 1)).toEqual([1]);
    expect(evenly([1, 2, 3], 0)).toEqual([]);
  });
  it("takes nothing twice", () => {
    for (const n of [61, 97, 119, 500]) expect(new Set(evenly(Array.from({ length: n }, (_, i) => i), 60)).size).toBe(60);
  });
});

describe("doses of cells among all doses", () => {
  it("are as many of the largest amounts as the patient had infusions", () => {
    expect(areCells([695, 5e9, 5e9, 695], 2)).toEqual([false, true, true, false]);
    expect(areCells([5e9], 1)).toEqual([true]);
    expect(areCells([695, 700], 0)).toEqual([false, false]);
  });
  it("are not guessed when amounts do not part clearly, or infusions are not known", () => {
    expect(areCells([5e6, 4e6], 1)).toEqual([false, false]);
    expect(areCells([5e9, 695], NaN)).toEqual([false, false]);
    expect(areCells([5e9], 2)).toEqual([false]);
  });
});

describe("the key of a drawing", () => {
  it("breaks its rows where the width ends", () => {
    const items = ["alpha", "beta", "gamma"].map((text) => ({ text, sign: "box" as const }));
    expect(layoutKey(items, 0, 1000).at.map((a) => a[1])).toEqual([0, 0, 0]);
    const narrow = layoutKey(items, 10, 80).at;
    expect(narrow.map((a) => a[0])).toEqual([10, 10, 10]);
    expect(new Set(narrow.map((a) => a[1])).size).toBe(3);
    expect(layoutKey([], 0, 100).height).toBe(0);
  });
  it("takes Chinese letters for squares", () => {
    expect(textWidth("缓解", 12)).toBe(24);
  });
});
