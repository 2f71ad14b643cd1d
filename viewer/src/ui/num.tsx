/* A number of summary.json on the page. The element carries its path and its exact value, so that a test, or a reader
 * with the file in hand, can compare. */
import { usePage, useRun } from "./context";
import { count, difference, differenceUnit, scaleOf, scaled, value as asText } from "../format";

/** The number at a path such as "arms.0.size". A key may itself hold a dot ("share_below_0.05"). */
export function at(summary: unknown, path: string): number | null {
  if (path === "") return typeof summary === "number" ? summary : null;
  if (summary === null || typeof summary !== "object") return null;
  const object = summary as Record<string, unknown>;
  for (let end = path.indexOf("."); ; end = path.indexOf(".", end + 1)) {
    const key = end < 0 ? path : path.slice(0, end);
    if (Object.prototype.hasOwnProperty.call(object, key)) return at(object[key], end < 0 ? "" : path.slice(end + 1));
    if (end < 0) return null;
  }
}

/** Of a comparison: which run a path is about. */
function useRunIndex(): number | undefined {
  const { model, models } = usePage();
  return models.length > 1 ? models.indexOf(model) : undefined;
}

/** `like`: shown in the unit and scale of this value, without the unit's text (the ends of an interval). */
export function Num({ path, unit = "1", like }: { path: string; unit?: string; like?: number | null }) {
  const x = at(useRun().summary, path), run = useRunIndex();
  const bare = like !== undefined && like !== null;
  const text = x === null ? asText(null, unit) : bare ? scaled(x, scaleOf(like, unit)) : asText(x, unit);
  return <data value={x === null ? "" : String(x)} data-path={path} data-run={run} data-unit={unit}>{text}</data>;
}

/** How many, to the last one. */
export function Count({ path }: { path: string }) {
  const x = at(useRun().summary, path);
  return <data value={x === null ? "" : String(x)} data-path={path} data-unit="count">{x === null ? asText(null, "1") : count(x)}</data>;
}

/** "[20.1, 44.0]", in the unit of the centre; nothing when neither end is known. */
export function Ends({ x, low, high, unit }: { x: string; low: string; high: string; unit: string }) {
  const s = useRun().summary;
  const a = at(s, low), b = at(s, high), centre = at(s, x), like = centre ?? a ?? b;
  if (a === null && b === null) return null;
  // Without a centre nothing else would say what the ends are measured in.
  const lost = centre === null && like !== null ? scaleOf(like, unit).unit : "";
  return <span class="interval">{"["}<Num path={low} unit={unit} like={like} />{", "}<Num path={high} unit={unit} like={like} />{"]"}{lost && ` ${lost}`}</span>;
}

/** "31.2 % [20.1, 44.0]" of three paths. */
export function Interval(p: { x: string; low: string; high: string; unit: string }) {
  return <><Num path={p.x} unit={p.unit} />{" "}<Ends {...p} /></>;
}

/** "+6.4 points [-1.2, +12.9]": a difference of the summary, with its sign. */
export function Difference({ x, low, high, unit }: { x: string; low: string; high: string; unit: string }) {
  const s = useRun().summary;
  const one = (path: string) => {
    const v = at(s, path);
    return <data value={v === null ? "" : String(v)} data-path={path} data-unit={`difference ${unit}`}>{difference(v ?? NaN, unit)}</data>;
  };
  const known = at(s, low) !== null || at(s, high) !== null;
  return (
    <>
      <span class="nowrap">{one(x)}{(known || at(s, x) !== null) && differenceUnit(unit) && ` ${differenceUnit(unit)}`}</span>
      {known && " "}{known && <span class="interval">{"["}{one(low)}{", "}{one(high)}{"]"}</span>}
    </>
  );
}
