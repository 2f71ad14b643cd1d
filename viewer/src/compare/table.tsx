/* Figures of all runs side by side, with their differences to the first run. */
import { useState } from "preact/hooks";
import type { ComparedFigure, Comparison } from "../data";
import { at, Interval, Num } from "../ui/num";
import { usePage } from "../ui/context";
import { Wide } from "../ui/parts";
import { fill, words } from "../words";
import { gapText, isNone, isUnreached, whyNot } from "./gap";
import { comparisonOf, figureName, figuresOf, groupName, isBeyond, isHeadline, letter, OfRun, RunName } from "./runs";

const T = words({
  label: ["Endpoints of the runs side by side", "各运行终点并列"],
  endpoint: ["Endpoint", "终点"],
  less: ["{b} less {a} [95 %]", "{b} 减 {a} [95 %]"],
  all: ["Show all {n} figures", "显示全部 {n} 项"],
  fewer: ["Show only what people ask first and what differs", "只显示主要终点与有差异者"],
  beyond: ["beyond Monte Carlo error", "超出蒙特卡罗误差"],
  judged: ["{k} of {n} figures differ from {a} by more than Monte Carlo error (*).", "{n} 项中有 {k} 项与 {a} 的差异超出蒙特卡罗误差（*）。"],
  colon: [": ", "："],
  few: ["too few replicates to tell a difference from chance.", "重复次数太少，无法区分差异与偶然。"],
  values: [
    "Values are means over replicates, or medians where some replicates do not reach one; brackets hold the central 95 % of replicates. A difference has the 95 % interval of its Monte Carlo error, which more replicates make narrower.",
    "数值为各次重复的均值；若部分重复未达到中位数，则为中位数；方括号内为各次重复的中央 95 %。差值附其蒙特卡罗误差的 95 % 区间，重复越多区间越窄。",
  ],
  mark: [
    "* p < 0.05 after Holm's adjustment for all figures that the two runs share, and more than the tolerance of the integration. The mark says that the two simulations differ, not that the difference matters or is known: what is unknown is in the brackets of each run.",
    "* 对两次运行共有的全部指标作 Holm 校正后 p < 0.05，且超过积分容差。该标记只说明两次模拟不同，并不说明差异重要或已被确知：未知因素体现在各运行的方括号中。",
  ],
  nothing: ["no figure in common with {a}.", "与 {a} 无共同指标。"],
  alone: ["Only in {runs}: {arms}.", "仅见于 {runs}：{arms}。"],
});

/** A value of one run, from its summary. */
export function RunValue({ f, run }: { f: ComparedFigure; run: number }) {
  const p = usePage(), r = f.runs[run];
  if (!r) return null;
  if (r.centre === "share") return <OfRun run={run}><Num path={`${r.path}.share_below_0.05`} unit="share" /></OfRun>;
  const own = at(p.models[run].summary, `${r.path}.low`) !== null || at(p.models[run].summary, `${r.path}.high`) !== null;
  return <OfRun run={run}><Interval x={`${r.path}.${r.centre}`} low={`${r.path}.${own ? "low" : "q025"}`} high={`${r.path}.${own ? "high" : "q975"}`} unit={f.unit} /></OfRun>;
}

/** A difference; its numbers carry their place in the comparison. */
export function GapValue({ f, k, run }: { f: ComparedFigure; k: number; run: number }) {
  const g = f.gaps[run - 1], t = gapText(f, run);
  if (!g) return null;
  const star = g.beyond && <abbr title={T.beyond} class="beyond">{"\u00a0*"}</abbr>;
  if (!t || isNone(g) || isUnreached(f, run)) return <>{whyNot(f, run, letter(0))}{star}</>;
  const one = (key: "value" | "low" | "high", text: string) => <data value={String(g[key] ?? "")} data-compared={`figures.${k}.gaps.${run - 1}.${key}`}>{text}</data>;
  return (
    <>
      <span class="nowrap">{one("value", t.value)}{t.unit && ` ${t.unit}`}{star}</span>
      {(g.low !== null || g.high !== null) && <span class="interval">{" ["}{one("low", t.low)}{", "}{one("high", t.high)}{"]"}</span>}
    </>
  );
}

function sharesFigures(c: Comparison, run: number): boolean {
  return c.figures.some((f) => f.gaps[run - 1]);
}

function Judged() {
  const c = comparisonOf(usePage());
  return (
    <ul class="judged">
      {c.changes.map((x) => (
        <li>
          <RunName run={x.run} />{T.colon}
          {fill(x.figures_judged ? T.judged : sharesFigures(c, x.run) ? T.few : T.nothing, { a: letter(0), k: x.figures_beyond, n: x.figures_judged })}
        </li>
      ))}
    </ul>
  );
}

/** Arms that not every run has. */
function Alone() {
  const p = usePage(), arms = [...new Set(p.models.flatMap((m) => m.arms))];
  const list = arms.map((arm) => ({ arm, runs: p.models.flatMap((m, i) => (m.arms.includes(arm) ? [letter(i)] : [])) })).filter((x) => x.runs.length < p.models.length);
  return <>{list.map((x) => <p>{fill(T.alone, { runs: x.runs.join(", "), arms: x.arm })}</p>)}</>;
}

export function Figures() {
  const p = usePage(), [all, setAll] = useState(false);
  const every = figuresOf(p).filter(({ f }) => f.runs.filter((r) => r).length > 1);
  const shown = all ? every : every.filter(({ f }) => isHeadline(f) || isBeyond(f));
  const runs = p.data.runs.map((_, i) => i), later = runs.slice(1).filter((i) => sharesFigures(comparisonOf(p), i)), groups = [...new Set(shown.map(({ f }) => groupName(f)))];
  return (
    <>
      <Judged />
      <Alone />
      <Wide label={T.label} small>
        <thead>
          <tr>
            <th scope="col" class="named">{T.endpoint}</th>
            {runs.map((i) => <th scope="col"><RunName run={i} /></th>)}
            {later.map((i) => <th scope="col">{fill(T.less, { a: letter(0), b: letter(i) })}</th>)}
          </tr>
        </thead>
        {groups.map((g) => (
          <tbody>
            <tr class="group"><th scope="rowgroup" colSpan={1 + runs.length + later.length}>{g}</th></tr>
            {shown.filter(({ f }) => groupName(f) === g).map(({ f, k }) => (
              <tr>
                <th scope="row">{figureName(f)}</th>
                {runs.map((i) => <td><RunValue f={f} run={i} /></td>)}
                {later.map((i) => <td><GapValue f={f} k={k} run={i} /></td>)}
              </tr>
            ))}
          </tbody>
        ))}
      </Wide>
      {(shown.length < every.length || all) && <p class="screen"><button type="button" class="link" onClick={() => setAll(!all)}>{all ? T.fewer : fill(T.all, { n: every.length })}</button></p>}
      <p class="note">{T.values}</p>
      <p class="note">{T.mark}</p>
    </>
  );
}
