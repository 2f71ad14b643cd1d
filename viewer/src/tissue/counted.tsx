import { count } from "../format";
import type { Lesion } from "./context";

/** A number of counts.csv: it carries its column and minute, so that a test, or a reader with the file, can compare. */
export function Counted({ lesion, column, row }: { lesion: Lesion; column: string; row: number }) {
  const { columns, values } = lesion.run.counts, k = columns.indexOf(column), x = k < 0 ? null : values[k][row];
  if (x === null || x === undefined) return null;
  return <data value={String(x)} data-column={column} data-minute={String(values[0][row])} data-run={lesion.run.label}>{count(x)}</data>;
}
