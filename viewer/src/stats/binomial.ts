/* The exact interval of a share (Clopper and Pearson 1934), as src/trial/proportion.c has it. */

/** ln of the gamma function for x > 0: Stirling's series from 8 on, below by the recurrence. Error below 1e-14 of the value's size. */
export function lgamma(x: number): number {
  let shift = 0;
  while (x < 8) shift -= Math.log(x++);
  const z = 1 / (x * x);
  const series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - (z * 691) / 360360))));
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series / x;
}

/** Regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22), evaluated forwards (Lentz). */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a);
  const front = Math.exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1, d = 1 / (1 - ((a + b) * x) / (a + 1)), f = d;
  for (let m = 1; m < 2000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    f *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    f *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * f;
}

/** The x with I_x(a, b) = p, by halving. */
function betaQuantile(p: number, a: number, b: number): number {
  let low = 0, high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface Share {
  with: number;
  of: number;
  share: number; // NaN of nobody
  low: number;
  high: number;
}
/** k of n with its exact 95 % interval. */
export function exactShare(k: number, n: number): Share {
  if (!(n > 0)) return { with: 0, of: 0, share: NaN, low: NaN, high: NaN };
  return {
    with: k, of: n, share: k / n,
    low: k === 0 ? 0 : betaQuantile(0.025, k, n - k + 1),
    high: k === n ? 1 : betaQuantile(0.975, k + 1, n - k),
  };
}
