/* Two groups: log-rank test and Cox model with Efron's ties, as src/trial/logrank.c and cox.c (docs/reference/statistics.md). */
import { aligned, type Times } from "./km";
import { chiSquareTail, normalTwoSided, Z95 } from "./special";

/** At one event time: events and patients at risk of group 1 (a) and 0 (b). */
interface Step {
  deadA: number;
  deadB: number;
  riskA: number;
  riskB: number;
}

function steps(a: Times, b: Times): Step[] {
  const m = a.time.length, n = m + b.time.length;
  const { order, time } = aligned([...a.time, ...b.time]);
  const event = (i: number) => (i < m ? a.event[i] : b.event[i - m]);
  const out: Step[] = [];
  let riskA = 0, riskB = 0;
  for (let i = n; i > 0; ) {
    let deadA = 0, deadB = 0, j = i;
    for (; j > 0 && time[order[j - 1]] === time[order[i - 1]]; j--) {
      const who = order[j - 1];
      if (who < m) riskA++, (deadA += event(who));
      else riskB++, (deadB += event(who));
    }
    if (deadA + deadB > 0) out.push({ deadA, deadB, riskA, riskB });
    i = j;
  }
  return out;
}

interface LogRank {
  observed: [number, number]; // of a, of b
  expected: [number, number];
  chiSquare: number;
  p: number; // NaN: the data cannot tell
}

export function logRank(a: Times, b: Times): LogRank {
  const out: LogRank = { observed: [0, 0], expected: [0, 0], chiSquare: NaN, p: NaN };
  let variance = 0;
  for (const s of steps(a, b)) {
    const dead = s.deadA + s.deadB, n = s.riskA + s.riskB;
    out.observed[0] += s.deadA;
    out.observed[1] += s.deadB;
    out.expected[0] += (dead * s.riskA) / n;
    out.expected[1] += (dead * s.riskB) / n;
    if (n > 1) variance += ((dead * (n - dead)) / (n - 1)) * (s.riskA / n) * (s.riskB / n);
  }
  if (variance > 0) {
    out.chiSquare = (out.observed[0] - out.expected[0]) ** 2 / variance;
    out.p = chiSquareTail(out.chiSquare, 1);
  }
  return out;
}

export interface Hazard {
  ratio: number; // of a over b; 0 or infinite when only one group has events while both are at risk; NaN: no answer
  lower: number;
  upper: number;
  p: number; // Wald
}

/** Score and information of Efron's partial likelihood at the log hazard ratio beta. */
function scoreAt(all: Step[], beta: number): [number, number] {
  let score = 0, information = 0;
  const weight = Math.exp(beta);
  for (const s of all) {
    const dead = s.deadA + s.deadB;
    score += s.deadA;
    for (let k = 0; k < dead; k++) {
      const f = k / dead, wa = weight * (s.riskA - f * s.deadA), share = wa / (wa + s.riskB - f * s.deadB);
      score -= share;
      information += share * (1 - share);
    }
  }
  return [score, information];
}

export function hazardRatio(a: Times, b: Times): Hazard {
  const none = { ratio: NaN, lower: NaN, upper: NaN, p: NaN };
  const all = steps(a, b).filter((s) => s.riskA > 0 && s.riskB > 0);
  const deadA = all.reduce((n, s) => n + s.deadA, 0), deadB = all.reduce((n, s) => n + s.deadB, 0);
  if (!deadA && !deadB) return none;
  // The score falls from deadA to -deadB: without either there is no finite maximum.
  if (!deadA || !deadB) return { ...none, ratio: deadA ? Infinity : 0 };
  let low = -700, high = 700, beta = 0, information = 0;
  for (let i = 0; i < 200; i++) {
    const [score, info] = scoreAt(all, beta);
    information = info;
    if (score > 0) low = beta;
    else high = beta;
    const next = beta + score / info;
    if (Math.abs(next - beta) < 1e-14 * (1 + Math.abs(beta))) break;
    beta = next > low && next < high ? next : (low + high) / 2;
  }
  const se = 1 / Math.sqrt(information);
  return { ratio: Math.exp(beta), lower: Math.exp(beta - Z95 * se), upper: Math.exp(beta + Z95 * se), p: normalTwoSided(beta / se) };
}
