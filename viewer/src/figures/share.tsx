/* A share of patients in this page: counted here, not in summary.json. */
import { fixed } from "../format";
import { exactShare } from "../stats/proportion";
import { fill, words } from "../words";

const T = words({ of: ["{k} of {n}", "{k}/{n}"] });

/** "7 of 54: 13.0 % [5.4, 24.9]"; `bare`: without the exact interval. */
export function Share({ k, n, bare }: { k: number; n: number; bare?: boolean }) {
  const s = exactShare(k, n);
  const text = fill(T.of, { k, n });
  if (!(n > 0)) return <>{text}</>;
  return <>{text}: {fixed(100 * s.value, 1)}{"\u00a0%"}{!bare && <span class="interval"> [{fixed(100 * s.lower, 1)}, {fixed(100 * s.upper, 1)}]</span>}</>;
}
