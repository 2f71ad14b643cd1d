/* What endpoints, distributions and roles are called. Labels that the run wrote itself are shown as they are. */
import type { Role } from "../data";
import { MONTH, significant } from "../format";
import { fill, words } from "../words";

const E = words({
  ORR: ["Objective response rate (ORR)", "客观缓解率（ORR）"],
  DCR: ["Disease control rate (DCR)", "疾病控制率（DCR）"],
  CR: ["Complete response rate (CR)", "完全缓解率（CR）"],
  PFS: ["Median progression-free survival (PFS)", "中位无进展生存期（PFS）"],
  RFS: ["Median recurrence-free survival (RFS)", "中位无复发生存期（RFS）"],
  OS: ["Median overall survival (OS)", "中位总生存期（OS）"],
  DoR: ["Median duration of response (DoR)", "中位缓解持续时间（DoR）"],
  TTR: ["Median time to response (TTR)", "中位至缓解时间（TTR）"],
  PFS_at: ["PFS rate", "PFS 率"],
  RFS_at: ["RFS rate", "RFS 率"],
  OS_at: ["OS rate", "OS 率"],
  kinetics: ["Cells in blood, median", "血中细胞水平（中位数）"],
  Cmax: ["Peak of cells in blood (Cmax), median", "血中细胞峰值（Cmax，中位数）"],
  Tmax: ["Day of the peak (Tmax), median", "达峰时间（Tmax，中位数）"],
  AUC28: ["Exposure to cells, days 0 to 28 (AUC28), median", "0 至 28 天细胞暴露量（AUC28，中位数）"],
  ORR_difference: ["Difference of ORR", "ORR 差值"],
  PFS_hazard_ratio: ["Hazard ratio (HR) of PFS", "PFS 风险比（HR）"],
  RFS_hazard_ratio: ["Hazard ratio (HR) of RFS", "RFS 风险比（HR）"],
  OS_hazard_ratio: ["Hazard ratio (HR) of OS", "OS 风险比（HR）"],
  PFS_logrank_p: ["Log-rank p of PFS", "PFS 对数秩检验 p 值"],
  RFS_logrank_p: ["Log-rank p of RFS", "RFS 对数秩检验 p 值"],
  OS_logrank_p: ["Log-rank p of OS", "OS 对数秩检验 p 值"],
  ORR_fisher_p: ["Fisher's exact p of ORR", "ORR Fisher 精确检验 p 值"],
  PFS_ratio: ["Ratio of median PFS", "中位 PFS 之比"],
  RFS_ratio: ["Ratio of median RFS", "中位 RFS 之比"],
  OS_ratio: ["Ratio of median OS", "中位 OS 之比"],
});
const T = words({
  at: ["{name} at {time}", "{name}（{time}）"],
  day: ["day {n}", "第 {n} 天"],
  month: ["{n} months", "{n} 个月"],
  fit: ["Fitted: these figures shaped the parameters, so that a pass is no evidence", "拟合：这些数据参与确定参数，通过并不构成证据"],
  check: ["Checks: known while the model was built, not fitted", "核对：建模时已知，但未用于拟合"],
  predict: ["Predictions: not used in any way", "预测：未以任何方式使用"],
  claim: ["Claims: published figures without a traceable source", "论断：来源无法追溯的已发表数据"],
  roleFit: ["fit", "拟合"],
  roleCheck: ["check", "核对"],
  rolePredict: ["predict", "预测"],
  roleClaim: ["claim", "论断"],
});

/** What names a measure: of a summary's endpoint, a comparison, a published figure, or values by replicate. */
export interface Named {
  endpoint: string;
  label?: string | null;
  at_day?: number | null;
}

function time(endpoint: string, day: number): string {
  const months = day / MONTH;
  const whole = Math.abs(months - Math.round(months)) < 0.01 && months >= 0.99;
  return whole && !endpoint.startsWith("kinetics") ? fill(T.month, { n: Math.round(months) }) : fill(T.day, { n: significant(day) });
}

/** "Objective response rate (ORR)"; labels of the run itself carry their time already. */
export function measureName(m: Named): string {
  if (m.label) return m.label;
  const name = m.endpoint in E ? E[m.endpoint as keyof typeof E] : m.endpoint;
  return m.at_day === undefined || m.at_day === null ? name : fill(T.at, { name, time: time(m.endpoint, m.at_day) });
}
/** The same measure in different parts of the document. */
export function sameMeasure(a: Named, b: Named): boolean {
  const same = (a.at_day ?? null) === (b.at_day ?? null) || Math.abs((a.at_day ?? 0) - (b.at_day ?? Infinity)) < 1e-6;
  return a.endpoint === b.endpoint && (a.label ?? "") === (b.label ?? "") && same;
}
export function roleTitle(role: Role): string {
  return { fit: T.fit, check: T.check, predict: T.predict, claim: T.claim }[role];
}
export function roleName(role: Role): string {
  return { fit: T.roleFit, check: T.roleCheck, predict: T.rolePredict, claim: T.roleClaim }[role];
}
export const ROLES: readonly Role[] = ["fit", "check", "predict", "claim"];
