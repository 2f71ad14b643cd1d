/* What is unknown, and how much of the spread it makes. */
import { measureName } from "../names";
import type { Measure, Unknown } from "../data";
import { usePage } from "../ui/context";
import { Num } from "../ui/num";
import { ArmName, useArms, Wide } from "../ui/parts";
import { unitText } from "../format";
import { words } from "../words";
import { SourceText, variableText } from "./parameters";

const T = words({
  title: ["Parameters drawn anew for each replicate", "每次重复重新抽取的参数"],
  parameter: ["Parameter", "参数"],
  prior: ["Prior", "先验"],
  unit: ["Unit", "单位"],
  orr: ["ORR, last arm", "ORR（末组）"],
  difference: ["ORR, difference", "ORR 差值"],
  pfs: ["PFS, last arm", "PFS（末组）"],
  source: ["Source", "来源"],
  nobody: ["nobody has published it", "无人发表"],
  none: ["The study draws no unknown parameters.", "本研究未抽取未知参数。"],
  note: [
    "All patients of a replicate share the draw. Beside each are its rank correlations (Spearman) with results over replicates: far from 0 means that knowing this parameter better would narrow the result.",
    "同一次重复的全部患者共用一次抽取值。表中列出其与各结果在各次重复间的秩相关（Spearman）：离 0 越远，说明更准确地了解该参数越能缩小结果的不确定性。",
  ],
  spread: ["Chance or lack of knowledge", "随机性还是未知"],
  endpoint: ["Endpoint", "终点"],
  arm: ["Arm", "组别"],
  total: ["Variance over replicates", "重复间方差"],
  inner: ["from chance among so few patients", "患者数有限的随机性"],
  outer: ["from what is unknown", "来自未知因素"],
  share: ["unknown, share", "未知所占比例"],
  spreadNote: [
    "The variance of a share over replicates. Chance: what so few patients explain by themselves, the mean of p (1 - p) / n (Greenwood's variance at a time). The rest, never below 0, is what is unknown about the biology and the product.",
    "比例在各次重复间的方差。随机性：由患者数有限本身造成，即 p (1 - p) / n 的均值（某时点的比例用 Greenwood 方差）。其余（不小于 0）来自对生物学与产品的未知。",
  ],
});

/** As the table of distributions says it. */
const prior = (u: Unknown): string => variableText({ ...u, formula: null, values: null, weights: null, unknown: true, mean: null, sd: null });

function Table() {
  const list = usePage().model.summary.unknowns;
  if (!list.length) return <p>{T.none}</p>;
  const columns = [["rank_correlation_ORR_last_arm", T.orr], ["rank_correlation_ORR_difference", T.difference], ["rank_correlation_PFS_last_arm", T.pfs]] as const;
  const used = columns.filter(([key]) => list.some((u) => u[key] !== null));
  return (
    <>
      <Wide label={T.title} small least={620}>
        <thead><tr>{[T.parameter, T.prior, T.unit, ...used.map((c) => c[1]), T.source].map((t) => <th scope="col">{t}</th>)}</tr></thead>
        <tbody>
          {list.map((u, i) => (
            <tr>
              <th scope="row"><code>{u.name}</code></th><td>{prior(u)}</td><td>{unitText(u.unit)}</td>
              {used.map(([key]) => <td><Num path={`unknowns.${i}.${key}`} unit="correlation" /></td>)}
              <td>{u.unpublished && <b>{T.nobody}: </b>}<SourceText source={u.unpublished ? u.source.replace(/^unknown\b[\s:;,.]*/i, "") : u.source} unknown={false} /></td>
            </tr>
          ))}
        </tbody>
      </Wide>
      {used.length > 0 && <p class="note">{T.note}</p>}
    </>
  );
}

/** The response rates, and of shares at a time the one nearest to a year. */
function isMain(m: Measure, all: readonly Measure[]): boolean {
  if (m.endpoint === "ORR" || m.endpoint === "CR") return true;
  if (!/^(PFS|RFS|OS)_at$/.test(m.endpoint)) return false;
  const far = (x: Measure) => Math.abs((x.at_day ?? Infinity) - 365.25);
  return all.every((x) => x.endpoint !== m.endpoint || far(x) >= far(m));
}

export function Spread() {
  const { model } = usePage();
  const arms = useArms(), s = model.summary;
  const rows = arms.flatMap((a) => s.arms[a].endpoints.map((m, k) => ({ a, m, k })).filter(({ m }) => isMain(m, s.arms[a].endpoints) && m.variance_total !== undefined && m.variance_total !== null && m.variance_total > 0));
  if (s.replicates < 2 || !rows.length) return null;
  const share = (m: Measure) => Math.min(1, (m.variance_outer ?? 0) / (m.variance_total ?? NaN));
  return (
    <>
      <h3>{T.spread}</h3>
      <Wide label={T.spread} small least={520}>
        <thead><tr>{[T.endpoint, T.arm, T.total, T.inner, T.outer, T.share].map((t) => <th scope="col">{t}</th>)}</tr></thead>
        <tbody>
          {rows.map(({ a, m, k }) => (
            <tr>
              <th scope="row">{measureName(m, true)}</th><td><ArmName arm={a} /></td>
              {(["variance_total", "variance_inner", "variance_outer"] as const).map((key) => <td><Num path={`arms.${a}.endpoints.${k}.${key}`} /></td>)}
              <td>{(100 * share(m)).toFixed(0)} %</td>
            </tr>
          ))}
        </tbody>
      </Wide>
      <p class="note">{T.spreadNote}</p>
    </>
  );
}

export function Unknowns() {
  return <><h3>{T.title}</h3><Table /></>;
}
