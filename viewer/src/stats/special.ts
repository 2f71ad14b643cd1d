/* The distribution functions behind intervals and p values: relative accuracy about 1e-13. The same formulas as
 * src/trial/special.c: DLMF 5.11.1 (log gamma), 8.7.1 and 8.9.2 (incomplete gamma), 8.17.22 (incomplete beta). */

/** Two-sided 95 % quantile of the standard normal. */
export const Z95 = 1.959963984540054;

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
const TINY = 1e-300;

/** log Gamma(z), z > 0. */
export function logGamma(z: number): number {
  let product = 1;
  while (z < 16) product *= z++;
  const w = 1 / (z * z);
  let sum = 0;
  for (let i = STIRLING.length - 1; i >= 0; i--) sum = sum * w + STIRLING[i];
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + sum / z - Math.log(product);
}

const offZero = (v: number) => (Math.abs(v) < TINY ? TINY : v);

/** Q(a, x), the upper tail of the gamma distribution; a > 0, x >= 0. */
function gammaUpper(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return NaN;
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a, sum = term;
    for (let i = 1; term > sum * 1e-17; i++) sum += term *= x / (a + i);
    return 1 - front * sum;
  }
  let b = x + 1 - a, c = 1 / TINY, d = 1 / offZero(b), h = d;
  for (let i = 1; i < 100000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / offZero(an * d + b);
    c = offZero(b + an / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * h;
}

/** The probability that a chi-square variable with `df` degrees of freedom is above x. */
export function chiSquareTail(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  return x <= 0 ? 1 : gammaUpper(df / 2, x / 2);
}
/** The two-sided p value of a standard normal z. */
export function normalTwoSided(z: number): number {
  return Number.isNaN(z) ? NaN : gammaUpper(0.5, (z * z) / 2);
}

/** The continued fraction of I_x(a, b) without its front; quick for x < (a + 1) / (a + b + 2). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1, d = 1 / offZero(1 - ((a + b) * x) / (a + 1)), h = d;
  for (let m = 1; m < 100000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / offZero(1 + even * d);
    c = offZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / offZero(1 + odd * d);
    c = offZero(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

/** I_x(a, b) and its complement; y = 1 - x. */
function betaTails(a: number, b: number, x: number, y: number): [number, number] {
  const front = Math.exp(a * Math.log(x) + b * Math.log(y) + logGamma(a + b) - logGamma(a) - logGamma(b));
  if (x < (a + 1) / (a + b + 2)) {
    const low = Math.min(1, (front * betaFraction(a, b, x)) / a);
    return [low, 1 - low];
  }
  const high = Math.min(1, (front * betaFraction(b, a, y)) / b);
  return [1 - high, high];
}

/** The x with I_x(a, b) = p, or with 1 - I_x(a, b) = p when `upper`; 0 < p <= 0.5. By bisection in log(x / (1 - x)). */
export function betaQuantile(p: number, a: number, b: number, upper: boolean): number {
  let low = -740, high = 740;
  for (let i = 0; i < 200 && high - low > 1e-15 * Math.abs(low); i++) {
    const u = (low + high) / 2;
    const tail = betaTails(a, b, 1 / (1 + Math.exp(-u)), 1 / (1 + Math.exp(u)))[upper ? 1 : 0];
    if (tail < p !== upper) low = u;
    else high = u;
  }
  return 1 / (1 + Math.exp(-(low + high) / 2));
}
