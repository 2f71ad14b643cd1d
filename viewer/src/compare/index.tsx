/* The page of a comparison: its sections, its head, and what its choices act on. */
import type { SectionSpec } from "../sections";
import { Figure, type FigureSpec } from "../ui/figure";
import { usePage } from "../ui/context";
import { fill, words } from "../words";
import { compareDifferences } from "./differences";
import { compareDistribution } from "./distribution";
import { comparePublished } from "./published";
import { comparisonOf, letter, RunName } from "./runs";
import { compareSurvival } from "./survival";
import { Figures } from "./table";
import { Differences, Runs } from "./what";

const T = words({
  title: ["Runs side by side", "运行比较"],
  runs: ["Runs", "运行"],
  differs: ["What differs", "不同之处"],
  figures: ["Endpoints side by side", "终点并列"],
  survival: ["Survival", "生存"],
  distribution: ["Distribution over replicates", "各次重复的分布"],
  published: ["Published against simulated", "已发表结果与模拟结果对比"],
  method: ["How differences were judged", "差异的判断方法"],
  status: ["All numbers are of all replicates of each run; {n} runs, compared with {a}.", "所有数值均针对各运行的全部重复；共 {n} 个运行，与 {a} 比较。"],
  how: [
    "Replicates of one run are independent of each other. Runs with the same seed and as many replicates share their random numbers and are compared replicate by replicate (paired), others as independent samples.",
    "同一运行的各次重复相互独立。随机种子与重复次数均相同的运行共用随机数，按重复逐一配对比较；其他运行作为独立样本比较。",
  ],
  tests: [
    "Means: Student's t of the differences, or Welch's t where not paired. Medians: sign test, with the interval between order statistics, or standard errors from order statistics (McKean and Schrader) where not paired. Differences of log-rank p are differences of the share of replicates below 0.05.",
    "均值：配对时对差值作 Student t 检验，否则作 Welch t 检验。中位数：配对时用符号检验及次序统计量区间，否则用基于次序统计量的标准误（McKean 与 Schrader）。对数秩检验 p 值的差异指低于 0.05 的重复占比之差。",
  ],
  marked: [
    "A figure is marked when p, adjusted after Holm for all figures that the two runs share, is below 0.05 and the difference exceeds the tolerance of the integration (0.05 day, 0.1 % of the value). Intervals are those of one figure, without adjustment.",
    "当经 Holm 法对两次运行共有的全部指标校正后 p < 0.05，且差值超过积分容差（0.05 天，或数值的 0.1 %）时作标记。区间为单项指标的区间，未作校正。",
  ],
  limits: [
    "This is Monte Carlo error alone. It says nothing about whether model, population or products are right, nor whether a difference would matter to a patient.",
    "这里只涉及蒙特卡罗误差，不说明模型、人群或产品是否正确，也不说明差异对患者是否重要。",
  ],
});

function Method() {
  return <>{[T.how, T.tests, T.marked, T.limits].map((t) => <p>{t}</p>)}</>;
}

function SideBySide() {
  const page = usePage();
  return <><Figures />{compareDifferences.present(page) && <Figure spec={compareDifferences} />}</>;
}

function one(id: string, title: () => string, spec: FigureSpec): SectionSpec {
  return { id, part: "results", title, present: spec.present, body: () => <Figure spec={spec} /> };
}

export const comparisonSections: SectionSpec[] = [
  { id: "runs", part: "results", title: () => T.runs, present: () => true, body: () => <Runs /> },
  { id: "differs", part: "results", title: () => T.differs, present: () => true, body: () => <Differences /> },
  { id: "figures", part: "results", title: () => T.figures, present: (p) => comparisonOf(p).figures.length > 0, body: () => <SideBySide /> },
  one("survival", () => T.survival, compareSurvival),
  one("distribution-section", () => T.distribution, compareDistribution),
  one("published-section", () => T.published, comparePublished),
  { id: "method", part: "record", title: () => T.method, present: () => true, body: () => <Method /> },
];

export function ComparisonHead() {
  const { data } = usePage();
  return (
    <div class="head">
      <h1>{T.title}</h1>
      <p class="question">{data.runs.map((_, i) => <>{i > 0 && " · "}<RunName run={i} /></>)}</p>
    </div>
  );
}

export function ComparisonStatus() {
  const { data } = usePage();
  return <p class="status" aria-live="polite">{fill(T.status, { n: data.runs.length, a: letter(0) })}</p>;
}
