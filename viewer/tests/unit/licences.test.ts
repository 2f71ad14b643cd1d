import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Needed by the command-line tools of d3-dsv alone, and not in the page. */
const TOOLS = ["commander", "iconv-lite", "rw", "safer-buffer"];
const modules = new URL("../../node_modules/", import.meta.url);

function closure(name: string, found: Set<string>): Set<string> {
  if (found.has(name) || TOOLS.includes(name)) return found;
  found.add(name);
  const about = JSON.parse(readFileSync(new URL(`${name}/package.json`, modules), "utf8")) as { dependencies?: Record<string, string> };
  for (const next of Object.keys(about.dependencies ?? {})) closure(next, found);
  return found;
}

describe("LICENSES.md", () => {
  it("names every package that the pages contain", () => {
    const text = readFileSync(new URL("../../LICENSES.md", import.meta.url), "utf8");
    const packages = new Set<string>();
    for (const name of ["@observablehq/plot", "d3", "preact", "three"]) closure(name, packages);
    expect(existsSync(modules)).toBe(true);
    expect([...packages].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
