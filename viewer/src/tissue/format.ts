/* Times and lengths of a lesion as people read them. */
import { significant } from "../format";
import { words } from "../words";

const T = words({
  min: ["min", "分钟"],
  hour: ["h", "小时"],
  hours: ["hours", "小时"],
  day: ["d", "天"],
  days: ["days", "天"],
  minutes: ["minutes", "分钟"],
});

/** "45 min", "29 h 30 min", from three days on "3 d 4 h". */
export function time(minute: number): string {
  const m = Math.round(minute * 100) / 100;
  if (m < 60) return `${significant(m, 4)} ${T.min}`;
  const days = m < 4320 ? 0 : Math.floor(m / 1440), hours = Math.floor((m - 1440 * days) / 60), rest = Math.round((m % 60) * 10) / 10;
  const parts = [days && `${days} ${T.day}`, hours && `${hours} ${T.hour}`, rest && `${rest} ${T.min}`];
  return parts.filter(Boolean).join(" ");
}
/** The unit of an axis of time that ends there, and minutes in it. */
export function timeUnit(end: number): { name: string; minutes: number } {
  return end > 4 * 1440 ? { name: T.days, minutes: 1440 } : end > 180 ? { name: T.hours, minutes: 60 } : { name: T.minutes, minutes: 1 };
}
/** A round length of about `most` um: 1, 2 or 5 times a power of ten. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1) * power;
}
export const um = (x: number): string => `${significant(x, x >= 1000 || x <= -1000 ? 4 : 3)} µm`;
