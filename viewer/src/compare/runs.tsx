/* Runs of a comparison: their letters, colours and names. */
import type { ComponentChildren } from "preact";
import type { ComparedFigure, Comparison } from "../data";
import { COLOURS, DASHES } from "../model";
import { measureName } from "../names";
import { PageContext, usePage, type Page } from "../ui/context";
import { fill, words } from "../words";

const T = words({
  against: ["{a} against {b}", "{a} 对比 {b}"],
  power: ["{x}: share of replicates below 0.05", "{x}：低于 0.05 的重复占比"],
});

export function isComparison(p: Page): boolean {
  return p.data.runs.length > 1 && p.data.comparison !== undefined;
}
export function comparisonOf(p: Page): Comparison {
  return p.data.comparison!;
}
export const letter = (run: number): string => String.fromCharCode(65 + run);
export const runColour = (run: number): string => COLOURS[run % COLOURS.length];
export const runDash = (run: number): string => DASHES[run % DASHES.length];
/** "B low dose" */
export function runLabel(p: Page, run: number): string {
  return `${letter(run)} ${p.data.runs[run].label}`;
}

export function RunName({ run, short }: { run: number; short?: boolean }) {
  const p = usePage();
  return <><span class="key" style={{ background: runColour(run) }} aria-hidden="true" />{short ? letter(run) : runLabel(p, run)}</>;
}

/** What is inside is about one run: paths of numbers are those of its summary. */
export function OfRun({ run, children }: { run: number; children: ComponentChildren }) {
  const p = usePage();
  return <PageContext.Provider value={{ ...p, model: p.models[run] }}>{children}</PageContext.Provider>;
}

/** "pembrolizumab + NK against pembrolizumab" */
export function groupName(f: { arm: string; against?: string | null }): string {
  return f.against ? fill(T.against, { a: f.arm, b: f.against }) : f.arm;
}
export function figureName(f: ComparedFigure, short = false): string {
  const name = measureName(f, short);
  return f.runs.some((r) => r?.centre === "share") ? fill(T.power, { x: name }) : name;
}

const HEADLINES = ["ORR", "CR", "DCR", "PFS", "RFS", "OS", "DoR", "PFS_at", "RFS_at", "OS_at", "ORR_difference", "PFS_hazard_ratio", "RFS_hazard_ratio", "OS_hazard_ratio"];
/** Shown always; the others where they differ. */
export function isHeadline(f: ComparedFigure): boolean {
  return !f.label && HEADLINES.includes(f.endpoint);
}
/** Figures of arms that the reader looks at, with their places in the comparison. */
export function figuresOf(p: Page): { f: ComparedFigure; k: number }[] {
  const hidden = p.view.hidden.map((i) => p.model.arms[i]);
  return comparisonOf(p).figures.map((f, k) => ({ f, k })).filter(({ f }) => !hidden.includes(f.arm));
}
export const isBeyond = (f: ComparedFigure): boolean => f.gaps.some((g) => g?.beyond === true);
