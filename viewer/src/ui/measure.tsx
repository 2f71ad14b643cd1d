/* A measure of the summary with its interval, checked against the file. */
import type { Measure } from "../data";
import { centre, limits } from "../measure";
import { Difference, Interval } from "./num";

/** A measure of the summary at `path`, with its interval. */
export function MeasureValue({ m, path }: { m: Measure; path: string }) {
  const [low, high] = limits(m);
  if (/_difference$/.test(m.endpoint)) return <Difference x={`${path}.${centre(m)}`} low={`${path}.${low}`} high={`${path}.${high}`} unit={m.unit} />;
  const unit = /_p$/.test(m.endpoint) ? "p" : m.unit;
  return <Interval x={`${path}.${centre(m)}`} low={`${path}.${low}`} high={`${path}.${high}`} unit={unit} />;
}
