/* Shares: exact limits of Clopper and Pearson (1934) as src/trial/proportion.c, and the difference of two shares with
 * Newcombe's hybrid score limits (Stat Med 1998;17:873, method 10). */
import type { Estimate } from "./km";
import { betaQuantile, Z95 } from "./special";

/** x of n; NaN of nobody. */
export function exactShare(x: number, n: number): Estimate {
  if (!(n > 0)) return { value: NaN, lower: NaN, upper: NaN };
  return {
    value: x / n,
    lower: x === 0 ? 0 : betaQuantile(0.025, x, n - x + 1, false),
    upper: x === n ? 1 : betaQuantile(0.025, x + 1, n - x, true),
  };
}

function wilson(x: number, n: number): [number, number] {
  const z2 = Z95 * Z95, middle = (x + z2 / 2) / (n + z2);
  const half = (Z95 / (n + z2)) * Math.sqrt((x * (n - x)) / n + z2 / 4);
  return [x === 0 ? 0 : middle - half, x === n ? 1 : middle + half];
}

/** The share x of n less the share y of m. */
export function shareDifference(x: number, n: number, y: number, m: number): Estimate {
  if (!(n > 0 && m > 0)) return { value: NaN, lower: NaN, upper: NaN };
  const p = x / n, q = y / m, [pl, pu] = wilson(x, n), [ql, qu] = wilson(y, m);
  return { value: p - q, lower: p - q - Math.hypot(p - pl, qu - q), upper: p - q + Math.hypot(pu - p, q - ql) };
}
