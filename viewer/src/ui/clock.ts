/* The axis of time of survival curves: months unless the study is short, and the part of it that is shown. The same for
 * the drawing and for the inputs of the zoom. */
import { MONTH } from "../format";
import { words } from "../words";
import type { View } from "../state";

const T = words({
  months: ["months", "月"],
  days: ["days", "天"],
  monthsLong: ["months", "个月"],
});

export interface Clock {
  month: boolean;
  unit: string; // of an axis
  long: string; // behind a number
  domain: [number, number]; // days
  zoomed: boolean;
}
/** Days become months where the axis is long: the rule of numbers in text (format.ts), too. */
export const inMonths = (v: View, end: number): boolean => v.unit === "month" || (v.unit === "auto" && end >= 60);
export function clockOf(v: View, horizon: number): Clock {
  const month = inMonths(v, horizon);
  const from = v.from !== null && v.from > 0 && v.from < horizon ? v.from : 0;
  const to = v.to !== null && v.to > from && v.to < horizon ? v.to : horizon;
  return { month, unit: month ? T.months : T.days, long: month ? T.monthsLong : T.days, domain: [from, to], zoomed: from > 0 || to < horizon };
}
export const inUnit = (c: Clock, day: number): number => (c.month ? day / MONTH : day);
export const inDays = (c: Clock, x: number): number => (c.month ? x * MONTH : x);

