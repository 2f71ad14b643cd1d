/* Numbers as people read them. One rule everywhere: shares in % and months with one decimal, everything else with
 * three significant digits; days become months from 60 days on. The terminal shows the same digits. */
import { words } from "./words";

export const MONTH = 30.4375; // days

const T = words({
  day: ["days", "天"],
  month: ["months", "个月"],
  cells: ["cells", "个细胞"],
  perDay: ["day", "天"],
  points: ["points", "个百分点"],
  none: ["–", "–"],
});

/** Three significant digits without an exponent where that stays short; thousands apart. */
export function significant(x: number, digits = 3): string {
  if (!Number.isFinite(x)) return T.none;
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [mantissa, power] = x.toExponential(digits - 1).split("e");
    const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return `${short}e${Number(power)}`;
  }
  const text = Number(x.toPrecision(digits));
  return text.toLocaleString("en-US", { maximumFractionDigits: 10, useGrouping: size >= 10000 });
}
/** As it was written, without the noise of binary fractions. */
export function plain(x: number): string {
  return significant(x, 6);
}
/** "cells/µL" of "cell/uL", as the study files write it. */
export function unitText(unit: string): string {
  if (unit === "1") return "";
  return unit
    .replace(/(^|[^A-Za-z])u(?=[Lgmls])/g, "$1µ")
    .replace(/(^|[^A-Za-z/])cell(?![a-z])/g, (_, before: string) => before + T.cells)
    .replace(/\bday\b/g, T.perDay)
    .replace(/ /g, " · ");
}
export function fixed(x: number, decimals: number): string {
  return Number.isFinite(x) ? x.toFixed(decimals) : T.none;
}
export function count(n: number): string {
  return Number.isFinite(n) ? Math.round(n).toLocaleString("en-US") : T.none;
}
export function pvalue(p: number): string {
  return !Number.isFinite(p) ? T.none : p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** How a value of this unit and size is shown: its factor, its decimals (null: three significant digits) and the unit's text. */
export interface Scale {
  factor: number;
  decimals: number | null;
  unit: string;
  show?: (x: number) => string; // instead of both
}
export function scaleOf(x: number, unit: string): Scale {
  if (unit === "count") return { factor: 1, decimals: 0, unit: "", show: count };
  if (unit === "correlation") return { factor: 1, decimals: 2, unit: "" };
  if (unit === "plain") return { factor: 1, decimals: null, unit: "", show: plain };
  if (unit === "p") return { factor: 1, decimals: 3, unit: "", show: pvalue };
  if (unit === "share") return { factor: 100, decimals: 1, unit: "%" };
  if (unit === "day") return Math.abs(x) >= 60 ? { factor: 1 / MONTH, decimals: 1, unit: T.month } : { factor: 1, decimals: null, unit: T.day };
  return { factor: 1, decimals: null, unit: unitText(unit) };
}
export function scaled(x: number, s: Scale): string {
  if (s.show) return s.show(x);
  return s.decimals === null ? significant(x * s.factor) : fixed(x * s.factor, s.decimals);
}
/** A difference with its sign: points of a percentage, months, or its own unit. */
export function difference(x: number, unit: string): string {
  if (!Number.isFinite(x)) return T.none;
  const y = unit === "share" ? 100 * x : unit === "day" ? x / MONTH : x;
  const text = unit !== "share" && unit !== "day" ? significant(y, 2) : Math.abs(y) < 0.005 ? "0.00" : fixed(y, Math.abs(y) < 0.1 ? 2 : 1);
  return y > 0 && Number(text) !== 0 ? `+${text}` : text;
}
export function differenceUnit(unit: string): string {
  return unit === "share" ? T.points : unit === "day" ? T.month : unitText(unit);
}
/** "31.2 %" */
export function value(x: number | null | undefined, unit: string): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return T.none;
  const s = scaleOf(x, unit);
  return s.unit ? `${scaled(x, s)} ${s.unit}` : scaled(x, s);
}
/** "31.2 % [20.1, 44.0]": all three in the unit of the first; "– [5.6, –] months" of a median that is not reached. */
export function interval(x: number | null | undefined, low: number | null | undefined, high: number | null | undefined, unit: string): string {
  const there = (v: number | null | undefined): v is number => v !== null && v !== undefined && Number.isFinite(v);
  const first = [x, low, high].find(there);
  if (first === undefined) return T.none;
  if (!there(low) && !there(high)) return value(x, unit);
  const s = scaleOf(first, unit), one = (v: number | null | undefined) => (there(v) ? scaled(v, s) : T.none);
  return there(x) ? `${value(x, unit)} [${one(low)}, ${one(high)}]` : `${T.none} [${one(low)}, ${one(high)}]${s.unit ? ` ${s.unit}` : ""}`;
}
