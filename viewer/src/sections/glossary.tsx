/* Terms of the page in one sentence each. */
import { words } from "../words";

const TERMS = words({
  replicate: ["Replicate", "重复（replicate）"],
  patient: ["Virtual patient", "虚拟患者"],
  interval: ["Interval in brackets", "方括号内的区间"],
  unknown: ["Unknown", "未知参数"],
  fit: ["Fit, check, predict, claim", "拟合、核对、预测、论断"],
  pass: ["Pass, miss, cannot say", "通过、未通过、无法判断"],
  percentile: ["Percentile", "百分位"],
  provisional: ["Provisional", "暂定"],
  orr: ["ORR, CR, PR, SD, PD, NE", "ORR、CR、PR、SD、PD、NE"],
  dcr: ["DCR", "DCR"],
  pfs: ["PFS, RFS, OS", "PFS、RFS、OS"],
  dor: ["DoR, TTR", "DoR、TTR"],
  km: ["Kaplan–Meier, censored, at risk", "Kaplan–Meier、删失、在险人数"],
  hr: ["HR, log-rank p", "HR、对数秩检验 p 值"],
  recist: ["RECIST 1.1, Lugano, confirmation", "RECIST 1.1、Lugano、确认"],
  kinetics: ["Cmax, Tmax, AUC28, persistence", "Cmax、Tmax、AUC28、存续时间"],
  crs: ["CRS, ICANS, GVHD", "CRS、ICANS、GVHD"],
  paired: ["Paired arms, ablation", "配对组、消融"],
  lot: ["Lot", "批次"],
  rescored: ["Re-scored", "重新评分"],
  cou: ["Context of use", "使用情境（COU）"],
});
const MEANS = words({
  replicate: ["One simulated trial of the planned size. Replicates differ in their patients and, where the study draws them, in the unknown parameters.", "一次按计划规模进行的模拟试验。各次重复的患者不同；若研究抽取未知参数，其取值也不同。"],
  patient: ["A set of values drawn from the distributions of the population file, followed by the model. No such person exists.", "由人群文件中的分布抽取的一组数值，并由模型推演其病程；并无其人。"],
  interval: ["The 2.5 and 97.5 % quantiles over replicates: the range in which 95 % of trials of this size fall. Of a single replicate: the 95 % confidence interval of its patients.", "各次重复的 2.5 % 与 97.5 % 分位数，即 95 % 的同等规模试验所在范围。仅一次重复时为其患者的 95 % 置信区间。"],
  unknown: ["A parameter that nobody has published. It gets a wide prior instead of a guess.", "无人发表过的参数；采用较宽的先验，而不是猜测值。"],
  fit: ["What a published figure was used for: to shape parameters; known but not fitted; not used in any way; stated without a traceable source.", "已发表结果的用途：用于确定参数；已知但未拟合；从未使用；无可追溯来源。"],
  pass: ["Whether a published figure agrees with the replicates by the rule that stands below the tables of published figures.", "按已发表结果表下所列规则，该结果与各次重复是否一致。"],
  percentile: ["The share of replicates below the published value, in percent; 50 is the middle.", "低于已发表值的重复所占百分比；50 为正中。"],
  provisional: ["Made from fewer than 200 replicates.", "由不足 200 次重复得出。"],
  orr: ["Objective response rate: share of patients with a complete (CR) or partial (PR) response as their best. Stable disease (SD), progressive disease (PD), not evaluable (NE).", "客观缓解率：最佳疗效为完全缓解（CR）或部分缓解（PR）的患者比例。疾病稳定（SD）、疾病进展（PD）、无法评估（NE）。"],
  dcr: ["Disease control rate: CR, PR or SD as the best response.", "疾病控制率：最佳疗效为 CR、PR 或 SD 的比例。"],
  pfs: ["Progression-free, recurrence-free and overall survival: time to progression or death, to recurrence or death, to death.", "无进展生存期、无复发生存期与总生存期：至进展或死亡、至复发或死亡、至死亡的时间。"],
  dor: ["Duration of response, from the first response to progression or death; time to response.", "缓解持续时间（首次缓解至进展或死亡）；至缓解时间。"],
  km: ["Estimate of the share without an event over time. Censored: followed up to then without an event. At risk: still followed.", "随时间无事件比例的估计。删失：随访至此尚无事件。在险人数：仍在随访者。"],
  hr: ["Hazard ratio (Cox) of the arm over the one it is compared with: below 1 fewer events in the same time. The log-rank p tests whether the curves are alike.", "风险比（Cox）：本组相对对照组，小于 1 表示同期事件较少。对数秩检验的 p 值检验两条曲线是否相同。"],
  recist: ["Rules by which measured diameters become responses. Confirmation: a response needs a second visit at least 28 days later.", "由测得直径判定疗效的规则。确认：缓解须在至少 28 天后的第二次访视中再次观察到。"],
  kinetics: ["Highest level of the cells and its day; area under the curve of days 0 to 28; last day on which cells are detected.", "细胞最高水平及其出现日；0–28 天曲线下面积；最后一次检出细胞的日期。"],
  crs: ["Cytokine release syndrome; immune effector cell-associated neurotoxicity syndrome; graft-versus-host disease.", "细胞因子释放综合征；免疫效应细胞相关神经毒性综合征；移植物抗宿主病。"],
  paired: ["Arms that hold the same virtual people. Ablation: the same with one mechanism of the model switched off.", "由同一批虚拟患者组成的各组。消融：其余相同而关闭模型的一个机制。"],
  lot: ["One made batch of a product with its own attributes.", "产品的一次生产批次，具有自身属性。"],
  rescored: ["Endpoints computed again in this page from visits and events, under other rules than the study's.", "在本页按不同于研究的规则，由访视与事件重新计算的终点。"],
  cou: ["What a result is to be used for and with what weight. It is for the authors to state.", "结果的用途及其分量；由作者说明。"],
});

export function Glossary() {
  return <dl class="facts glossary">{(Object.keys(TERMS) as (keyof typeof TERMS)[]).map((k) => <div><dt>{TERMS[k]}</dt><dd>{MEANS[k]}</dd></div>)}</dl>;
}
