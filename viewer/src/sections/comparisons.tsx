/* Arms against arms: comparisons over the replicates, and contrasts of arms that hold the same people. */
import type { Contrast, ContrastDifference, Measure } from "../data";
import { mechanismName } from "../mechanisms";
import { measureName } from "../names";
import { usePage } from "../ui/context";
import { Difference, Num } from "../ui/num";
import { Wide } from "../ui/parts";
import { fill, words } from "../words";
import { MeasureValue } from "../ui/measure";

const T = words({
  comparisons: ["Comparisons", "组间比较"],
  pair: ["{a} against {b}", "{a} 对 {b}"],
  measure: ["Measure", "指标"],
  value: ["Simulated", "模拟值"],
  replicates: ["Replicates", "各次重复"],
  below5: ["p < 0.05 in ", "p < 0.05 的重复占 "],
  below1: ["below 1 in ", "小于 1 的重复占 "],
  above1: ["above 1 in ", "大于 1 的重复占 "],
  above0: ["above 0 in ", "大于 0 的重复占 "],
  note: [
    "Centre and bracket as in the table of endpoints. A hazard ratio below 1 favours the arm. The share of replicates with p < 0.05 is the chance that one trial of this size finds a difference.",
    "中心值与方括号的含义同终点表。风险比小于 1 有利于该组。p < 0.05 的重复所占比例，即同等规模的一次试验检出差异的概率。",
  ],
  noteOne: [
    "One replicate: one trial of this size, with the interval its patients allow where there is one. A hazard ratio below 1 favours the arm.",
    "仅一次重复：即一次同等规模的试验；有区间时为由其患者得出。风险比小于 1 有利于该组。",
  ],
  later: [
    "Groups by what happened after treatment began ({list}) are no comparison of treatments: who lives longer is given more and measured longer (immortal time).",
    "按治疗开始后情况（{list}）划分的亚组不是治疗间的比较：生存较长者接受的给药与测量也更多（永恒时间偏倚）。",
  ],
  ablations: ["A mechanism switched off (ablations)", "关闭某一机制（消融）"],
  otherwise: ["The same people, treated otherwise", "同一批患者，不同处理"],
  different: ["Arms treated otherwise", "不同处理的组别"],
  without: ["{pair}: without {list}", "{pair}：关闭 {list}"],
  list: [", ", "、"],
  there: ["In that arm", "对照组"],
  here: ["In this arm", "本组"],
  difference: ["Difference", "差值"],
  neither: ["the median is not reached in either arm", "两组均未达到中位数"],
  higher: ["higher", "更高"],
  lower: ["lower", "更低"],
  "no different": ["no different", "无差异"],
  in: [" in ", "，占 "],
  endpoint: ["Endpoint", "终点"],
  direction: ["Direction", "方向"],
  contrastOne: [
    "The arm less the one it is compared with, in the one replicate.",
    "该次重复中本组减对照组的差值。",
  ],
  contrastNote: [
    "The arm less the one it is compared with, replicate by replicate: the mean (the median where some replicates do not reach a value), in brackets the 2.5 and 97.5 % quantiles, and in how many replicates it has this direction.",
    "逐次重复计算本组减对照组的差值：取均值（部分重复无值时取中位数），方括号内为 2.5 % 与 97.5 % 分位数，并列出方向相同的重复所占比例。",
  ],
  paired: ["Both arms hold the same virtual people with the same chance events, so nothing but what is named differs.", "两组为同一批虚拟患者且随机事件相同，因此除所列内容外别无差异。"],
  unpaired: ["The arms hold different people, whose chance is in the differences.", "两组患者不同，差值中包含患者间的随机差异。"],
});

type Share = "share_below_0.05" | "share_below_1" | "share_above_1" | "share_above_0";

/** In how many replicates a comparison has its direction. */
function Agreement({ m, path }: { m: Measure; path: string }) {
  const shares: [Share, string][] = [["share_below_0.05", T.below5], ["share_below_1", T.below1], ["share_above_1", T.above1], ["share_above_0", T.above0]];
  if (m.replicates_defined < 2) return null;
  return <>{shares.filter(([key]) => typeof m[key] === "number").map(([key, text]) => <span>{text}<Num path={`${path}.${key}`} unit="share" />{" "}</span>)}</>;
}

/** Covariates of patients.csv that are known only after treatment began. */
export function laterThanTreatment(labels: readonly string[]): string[] {
  const found = labels.flatMap((text) => /, among (.*)$/.exec(text)?.[1].match(/\b(DOSES|INFUSIONS|CMAX|TMAX|AUC28|BOR|PCHG_BEST|PFS|TTR|DOR|KINETICS_\w+|GRADE_\w+|EVENT_\w+)\b/g) ?? []);
  return [...new Set(found)];
}

function Comparisons() {
  const { model, view } = usePage();
  const shown = (name: string) => !view.hidden.includes(model.armIndex(name));
  const list = model.summary.comparisons.map((c, i) => ({ c, i })).filter(({ c }) => shown(c.arm) && shown(c.against));
  if (!list.length) return null;
  const one = model.summary.replicates === 1, later = laterThanTreatment(list.flatMap(({ c }) => c.measures.map((m) => m.label ?? "")));
  return (
    <>
      <h3>{T.comparisons}</h3>
      <Wide label={T.comparisons}>
        <thead><tr><th scope="col">{T.measure}</th><th scope="col">{T.value}</th>{!one && <th scope="col">{T.replicates}</th>}</tr></thead>
        {list.map(({ c, i }) => (
          <tbody>
            <tr class="group"><th scope="rowgroup" colSpan={one ? 2 : 3}>{fill(T.pair, { a: c.arm, b: c.against })}</th></tr>
            {c.measures.map((m, k) => (
              <tr>
                <th scope="row">{measureName(m)}</th>
                <td><MeasureValue m={m} path={`comparisons.${i}.measures.${k}`} /></td>
                {!one && <td><Agreement m={m} path={`comparisons.${i}.measures.${k}`} /></td>}
              </tr>
            ))}
          </tbody>
        ))}
      </Wide>
      <p class="note">{one ? T.noteOne : T.note}{later.length > 0 && ` ${fill(T.later, { list: later.join(T.list) })}`}</p>
    </>
  );
}

/** No median, no difference: what few replicates give would mislead. */
const outOfReach = (d: ContrastDifference) => d.reached_by === "neither";
function isShown(d: ContrastDifference): boolean {
  const harm = d.endpoint === "grade" || d.endpoint === "event";
  return (d.replicates_defined > 0 || outOfReach(d)) && !(harm && d.arm_value === 0 && d.against_value === 0);
}

function ContrastRow({ d, path }: { d: ContrastDifference; path: string }) {
  const all = d.replicates_reached >= d.replicates_defined && d.mean !== null;
  return (
    <tr>
      <th scope="row">{measureName(d)}</th>
      <td><Num path={`${path}.against_value`} unit={d.unit} /></td>
      <td><Num path={`${path}.arm_value`} unit={d.unit} /></td>
      <td>{outOfReach(d) ? T.neither : <Difference x={`${path}.${all ? "mean" : "median"}`} low={`${path}.q025`} high={`${path}.q975`} unit={d.unit} />}</td>
      <td>{outOfReach(d) ? "–" : <>{d.direction in T ? T[d.direction as "higher"] : d.direction}{d.replicates_defined > 1 && d.share_same_direction !== null && <>{T.in}<Num path={`${path}.share_same_direction`} unit="share" /></>}</>}</td>
    </tr>
  );
}

function pairText(c: Contrast): string {
  const pair = fill(T.pair, { a: c.arm, b: c.against });
  return c.without.length ? fill(T.without, { pair, list: c.without.map(mechanismName).join(T.list) }) : pair;
}

function Contrasts({ ablation }: { ablation: boolean }) {
  const { model, view } = usePage();
  const shown = (name: string) => !view.hidden.includes(model.armIndex(name));
  const list = (model.summary.contrasts ?? []).map((c, i) => ({ c, i })).filter(({ c }) => c.without.length > 0 === ablation && shown(c.arm) && shown(c.against));
  if (!list.length) return null;
  const paired = list.every(({ c }) => c.same_people);
  const title = ablation ? T.ablations : paired ? T.otherwise : T.different;
  return (
    <>
      <h3>{title}</h3>
      <Wide label={title} least={560}>
        <thead>
          <tr>{[T.endpoint, T.there, T.here, T.difference, model.summary.replicates > 1 ? T.replicates : T.direction].map((t) => <th scope="col">{t}</th>)}</tr>
        </thead>
        {list.map(({ c, i }) => (
          <tbody>
            <tr class="group"><th scope="rowgroup" colSpan={5}>{pairText(c)}</th></tr>
            {c.differences.map((d, k) => isShown(d) && <ContrastRow d={d} path={`contrasts.${i}.differences.${k}`} />)}
          </tbody>
        ))}
      </Wide>
      <p class="note">{model.summary.replicates > 1 ? T.contrastNote : T.contrastOne} {paired ? T.paired : T.unpaired}</p>
    </>
  );
}

export function Against() {
  return <><Comparisons /><Contrasts ablation /><Contrasts ablation={false} /></>;
}
