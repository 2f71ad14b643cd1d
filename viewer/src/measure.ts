/* How a measure of the summary is read. */
import type { Measure } from "./data";

/** Which value stands for all replicates. */
export function centre(m: Measure): "mean" | "median" {
  return m.centre === "median" || m.mean === null || m.replicates_reached < m.replicates_defined ? "median" : "mean";
}
/** Where the interval of a measure is: over replicates, or of a lone replicate by its patients. */
export function limits(m: Measure): ["low", "high"] | ["q025", "q975"] {
  return m.low !== undefined ? ["low", "high"] : ["q025", "q975"];
}
