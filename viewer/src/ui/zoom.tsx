/* How to look closer at a time axis, beside the figure; the numbers are among the page's choices. */
import { clockOf, inUnit } from "./clock";
import { usePage } from "./context";
import { plain } from "../format";
import { fill, words } from "../words";

const T = words({
  how: ["Drag over the plot to look closer at a time.", "在图上拖动可放大时间段。"],
  shown: ["Shown: {from} to {to} {unit}.", "所示：{from} 至 {to} {unit}。"],
  all: ["Whole time", "全部时间"],
});

/** `hint`: say so while the whole time is shown. */
export function TimeZoom({ horizon, hint }: { horizon: number; hint: boolean }) {
  const { view, change } = usePage(), clock = clockOf(view, horizon);
  const short = (day: number) => plain(Math.round(inUnit(clock, day) * 10) / 10);
  if (!clock.zoomed && !hint) return null;
  return (
    <p class="zoom">
      {clock.zoomed ? fill(T.shown, { from: short(clock.domain[0]), to: short(clock.domain[1]), unit: clock.long }) : T.how}{" "}
      {clock.zoomed && <button type="button" onClick={() => change({ from: null, to: null })}>{T.all}</button>}
    </p>
  );
}
