/* Published against simulated, role by role: figures that shaped the model and figures that test it are never mixed. */
import type { Figure, Role } from "../data";
import { measureName } from "../names";
import { usePage } from "../ui/context";
import { findMeasure } from "../figures/measures";
import { centre } from "../measure";
import type { Model } from "../model";
import { Difference, Interval, Num } from "../ui/num";
import { Wide } from "../ui/parts";
import { fill, words } from "../words";

const T = words({
  fit: ["Fit: these figures were allowed to shape parameters; agreement says nothing new", "拟合：这些结果曾用于确定参数；吻合不说明新问题"],
  check: ["Check: not used for fitting, but known when the model was built", "核对：未用于拟合，但建模时已知"],
  predict: ["Predict: not used in any way; this is the test", "预测：未以任何方式使用；这才是检验"],
  claim: ["Claim: stated somewhere without a traceable source; never used", "论断：见于某处但无可追溯来源；从未使用"],
  endpoint: ["Endpoint", "终点"],
  published: ["Published", "已发表"],
  simulated: ["Simulated", "模拟"],
  percentile: ["Percentile of the published value", "已发表值的百分位"],
  verdict: ["Verdict", "判定"],
  source: ["Source", "来源"],
  up: ["up", "上升"],
  down: ["down", "下降"],
  so: ["so in ", "方向一致的重复占 "],
  pass: ["pass", "通过"],
  miss: ["miss", "未通过"],
  "cannot say": ["cannot say", "无法判断"],
  provisional: [" (provisional)", "（暂定）"],
  n: ["n {n}", "n = {n}"],
  reasons: ["Why: the sentence of each verdict", "判定理由"],
  none: ["The study names no published figures.", "本研究未列出已发表结果。"],
  rule: [
    "A figure passes when it lies in the middle 95 % of the replicates and their mean lies in the published interval (for a share without one: the exact binomial interval of its n). Without an interval the first criterion stands alone. Kinetics and markers are judged by the published interval alone, a direction by 95 % of the replicates.",
    "判定规则：已发表值落在中间 95 % 的重复之内，且模拟均值落在已发表区间内（比例无区间时用其 n 的精确二项区间），即为通过。无区间时仅用第一条。细胞动力学与标志物只按已发表区间判定，方向性结果要求 95 % 的重复一致。",
  ],
});

/** The centre of the replicates, as the summary's own tables choose it. */
export function simulatedCentre(model: Model, f: Figure): "simulated_mean" | "simulated_median" {
  const m = findMeasure(model, f)?.measure;
  return f.centre === "median" || f.simulated_mean === null || (m && centre(m) === "median") ? "simulated_median" : "simulated_mean";
}

function Row({ f, path }: { f: Figure; path: string }) {
  const { model } = usePage(), lone = f.simulated_low !== undefined;
  // Of two shares: points, with a sign.
  const Told = /_difference$/.test(f.endpoint) ? Difference : Interval;
  return (
    <tr>
      <th scope="row">{measureName(f)}<small>{f.arm}{f.against && ` / ${f.against}`}</small></th>
      <td>
        {f.direction ? T[f.direction] : <Told x={`${path}.published`} low={`${path}.published_low`} high={`${path}.published_high`} unit={f.unit} />}
        {f.published_n !== null && <span class="interval"> {fill(T.n, { n: f.published_n })}</span>}
      </td>
      <td><Told x={`${path}.${simulatedCentre(model, f)}`} low={`${path}.${lone ? "simulated_low" : "simulated_q025"}`} high={`${path}.${lone ? "simulated_high" : "simulated_q975"}`} unit={f.unit} /></td>
      <td>{typeof f.share_agreeing === "number" ? <>{T.so}<Num path={`${path}.share_agreeing`} unit="share" /></> : f.percentile !== null ? <Num path={`${path}.percentile`} /> : "–"}</td>
      <td><span class={f.verdict === "cannot say" ? undefined : f.verdict}>{T[f.verdict]}</span>{f.provisional && f.verdict !== "cannot say" && T.provisional}</td>
      <td>{f.case && `${f.case}: `}{f.source}</td>
    </tr>
  );
}

const ROLES: Role[] = ["predict", "check", "fit", "claim"];

export function Published() {
  const { model, view } = usePage();
  const all = model.summary.expectations;
  const shown = (f: Figure) => !view.hidden.includes(model.armIndex(f.arm));
  const roles = ROLES.filter((r) => all[r]?.figures.some(shown));
  if (!roles.length) return <p>{T.none}</p>;
  return (
    <>
      {roles.map((role) => (
        <>
          <h3>{T[role]}</h3>
          <Wide label={T[role]} small least={640}>
            <thead><tr>{[T.endpoint, T.published, T.simulated, T.percentile, T.verdict, T.source].map((t) => <th scope="col">{t}</th>)}</tr></thead>
            <tbody>{all[role].figures.map((f, k) => shown(f) && <Row f={f} path={`expectations.${role}.figures.${k}`} />)}</tbody>
          </Wide>
          <details class="reasons"><summary>{T.reasons}</summary>
            <ul class="note" lang="en">{all[role].figures.filter((f) => shown(f) && f.sentence).map((f) => <li>{f.arm}, {f.written}: {f.sentence}</li>)}</ul>
          </details>
        </>
      ))}
      <p class="note">{T.rule}</p>
    </>
  );
}
