import { expect, test } from "vitest";
import { formatView, initialView, parseView } from "../../src/state";

test("a figure's own choice goes through the address and back", () => {
  const v = initialView(["en"]);
  v.pick = { distribution: "PFS_hazard_ratio|pembrolizumab + NK|pembrolizumab", forest: "OS & more=1" };
  expect(parseView(`#${formatView(v, ["en"])}`, ["en"]).pick).toEqual(v.pick);
});
test("without a choice the address stays empty", () => {
  expect(formatView(initialView(["en"]), ["en"])).toBe("");
});
