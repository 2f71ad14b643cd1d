/* Shares: exact limits of Clopper and Pearson (1934) as src/trial/proportion.c. */
import type { Estimate } from "./km";
import { betaQuantile } from "./special";

/** x of n; NaN of nobody. */
export function exactShare(x: number, n: number): Estimate {
  if (!(n > 0)) return { value: NaN, lower: NaN, upper: NaN };
  return {
    value: x / n,
    lower: x === 0 ? 0 : betaQuantile(0.025, x, n - x + 1, false),
    upper: x === n ? 1 : betaQuantile(0.025, x + 1, n - x, true),
  };
}
