/* A difference between two runs as people read it, with as many decimals as its error leaves. The terminal shows the same. */
import type { ComparedFigure, Gap } from "../data";
import { fixed, scaleOf, type Scale } from "../format";
import { words } from "../words";

const T = words({
  points: ["points", "个百分点"],
  none: ["no difference", "无差异"],
  later: ["not reached in this run", "本次运行未达到"],
  first: ["not reached in {a}", "{a} 未达到"],
});

/** Decimals that leave two digits of the error. */
export function decimals(error: number): number {
  if (!(error > 0) || !Number.isFinite(error)) return 1;
  return Math.min(6, Math.max(0, Math.ceil(1 - Math.log10(error))));
}

/** The scale of both values: that of the larger one. */
function gapScale(f: ComparedFigure, run: number): Scale {
  const like = Math.max(...[0, run].map((i) => Math.abs(f.runs[i]?.value ?? 0)));
  const s = scaleOf(like, f.unit);
  return f.unit === "share" ? { ...s, unit: T.points } : s;
}

interface GapText {
  value: string;
  low: string;
  high: string;
  unit: string;
}
/** Texts of a gap's value and ends; null: there is nothing to tell in numbers. */
export function gapText(f: ComparedFigure, run: number): GapText | null {
  const g = f.gaps[run - 1];
  if (!g || g.value === null) return null;
  const s = gapScale(f, run);
  let error = g.low !== null && g.high !== null ? (g.high - g.low) / 4 : (g.se ?? NaN);
  if (!(error > 0)) error = Math.abs(g.value) / 10;
  const digits = decimals(error * s.factor);
  const one = (x: number | null) => (x === null ? "–" : fixed(x * s.factor, digits));
  const value = one(g.value);
  const zero = Number(value) === 0;
  return { value: zero ? value.replace("-", "") : g.value > 0 ? `+${value}` : value, low: one(g.low), high: one(g.high), unit: s.unit };
}

/** The same in both runs, as far as anyone can see. */
export function isNone(g: Gap): boolean {
  return g.value === 0 && (g.low === null || g.low === g.high);
}
/** Both runs have no value, such as a median that neither reaches. */
export function isUnreached(f: ComparedFigure, run: number): boolean {
  return (f.runs[0]?.value ?? null) === null && (f.runs[run]?.value ?? null) === null;
}
/** Why there is no number. */
export function whyNot(f: ComparedFigure, run: number, first: string): string {
  const g = f.gaps[run - 1];
  if (!g) return "";
  if (isUnreached(f, run)) return "–";
  if (g.not_reached) return g.not_reached === "this run" ? T.later : T.first.replace("{a}", first);
  return g.value === null ? "–" : isNone(g) ? T.none : "";
}
