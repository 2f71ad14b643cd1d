import { describe, expect, it } from "vitest";
import { columnOf } from "../../src/figures/grade_data";
import { isCytokine } from "../../src/figures/markers";

describe("markers", () => {
  it("are parted into cytokines and others by their names", () => {
    expect(["IL-6", "IL-15", "IL2", "sIL-2R", "IFN-gamma", "TNF", "GM-CSF", "CRP", "ferritin", "MCP-1"].filter((n) => !isCytokine(n, "pg/mL"))).toEqual([]);
    expect(["CEA", "CTC", "B-cells", "viable", "PSA", "LDH", "ctDNA", "CD8", "AFP", "ilium", "UPN1-CAR-T", "tacrolimus"].filter((n) => isCytokine(n, "ng/mL"))).toEqual([]);
  });
  it("with a prefix are cytokines when they are concentrations", () => {
    expect(isCytokine("UPN1-IL-6", "pg/mL")).toBe(true);
    expect(isCytokine("UPN3-IFN-gamma", "pg/mL")).toBe(true);
    expect(isCytokine("NK-IFN", "1")).toBe(false);
  });
  it("and grades have columns without signs", () => {
    expect(columnOf("GRADE_", "off-tumour")).toBe("GRADE_off_tumour");
    expect(columnOf("EVENT_", "second-malignancy")).toBe("EVENT_second_malignancy");
  });
});
