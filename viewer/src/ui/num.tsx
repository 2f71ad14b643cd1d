/* A number of summary.json on the page. The element carries its path and its exact value, so that a test, or a reader
 * with the file in hand, can compare. */
import { useRun } from "./context";
import { scaleOf, scaled, value as asText } from "../format";

export function at(summary: unknown, path: string): number | null {
  let x: unknown = summary;
  for (const part of path.split(".")) {
    if (x === null || typeof x !== "object") return null;
    x = (x as Record<string, unknown>)[part];
  }
  return typeof x === "number" ? x : null;
}

/** `like`: shown in the unit and scale of this value, without the unit's text (the ends of an interval). */
export function Num({ path, unit = "1", like }: { path: string; unit?: string; like?: number | null }) {
  const x = at(useRun().summary, path);
  const bare = like !== undefined && like !== null;
  const text = x === null ? asText(null, unit) : bare ? scaled(x, scaleOf(like, unit)) : asText(x, unit);
  return <data value={x === null ? "" : String(x)} data-path={path} data-unit={unit}>{text}</data>;
}

/** "31.2 % [20.1, 44.0]" of three paths. */
export function Interval({ x, low, high, unit }: { x: string; low: string; high: string; unit: string }) {
  const s = useRun().summary;
  const a = at(s, low), b = at(s, high), centre = at(s, x);
  const like = centre ?? a ?? b;
  return (
    <>
      <Num path={x} unit={unit} />
      {(a !== null || b !== null) && (
        <span class="interval">{" ["}<Num path={low} unit={unit} like={like} />{", "}<Num path={high} unit={unit} like={like} />{"]"}</span>
      )}
    </>
  );
}
