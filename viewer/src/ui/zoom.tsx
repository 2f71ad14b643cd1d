/* From when to when a time axis goes: for who cannot, or would rather not, drag over the plot. */
import { usePage } from "./context";
import { words } from "../words";
import { clockOf, inDays, inUnit } from "./clock";

const T = words({
  zoom: ["Time shown", "显示时间"],
  from: ["from", "从"],
  to: ["to", "至"],
  all: ["all", "全部"],
});

const short = (x: number) => String(Math.round(x * 10) / 10);

export function TimeZoom({ horizon }: { horizon: number }) {
  const page = usePage(), clock = clockOf(page, horizon);
  const set = (which: "from" | "to", text: string) => {
    const x = text.trim() === "" ? null : Number(text);
    if (x === null || Number.isFinite(x)) page.change({ [which]: x === null ? null : inDays(clock, x) });
  };
  const box = (which: "from" | "to") => {
    const day = clock.domain[which === "from" ? 0 : 1];
    return (
      <label>{T[which]}{" "}
        <input type="number" min={0} max={Math.ceil(inUnit(clock, horizon))} step="any" value={short(inUnit(clock, day))} onChange={(e) => set(which, e.currentTarget.value)} />
      </label>
    );
  };
  return (
    <div class="zoom" role="group" aria-label={T.zoom}>
      <span>{T.zoom}</span> {box("from")} {box("to")} {clock.unit}{" "}
      {clock.zoomed && <button type="button" onClick={() => page.change({ from: null, to: null })}>{T.all}</button>}
    </div>
  );
}
