/* What published figures are used for, and when two places of the document mean the same measure. */
import type { Role } from "../data";
import type { Named } from "../names";
import { words } from "../words";

const T = words({
  fit: ["Fitted: these figures shaped the parameters, so that a pass is no evidence", "拟合：这些数据参与确定参数，通过并不构成证据"],
  check: ["Checks: known while the model was built, not fitted", "核对：建模时已知，但未用于拟合"],
  predict: ["Predictions: not used in any way", "预测：未以任何方式使用"],
  claim: ["Claims: published figures without a traceable source", "论断：来源无法追溯的已发表数据"],
  roleFit: ["fit", "拟合"],
  roleCheck: ["check", "核对"],
  rolePredict: ["predict", "预测"],
  roleClaim: ["claim", "论断"],
});

export const ROLES: readonly Role[] = ["fit", "check", "predict", "claim"];

export function roleTitle(role: Role): string {
  return { fit: T.fit, check: T.check, predict: T.predict, claim: T.claim }[role];
}
export function roleName(role: Role): string {
  return { fit: T.roleFit, check: T.roleCheck, predict: T.rolePredict, claim: T.roleClaim }[role];
}

export function sameMeasure(a: Named, b: Named): boolean {
  const same = (a.at_day ?? null) === (b.at_day ?? null) || Math.abs((a.at_day ?? 0) - (b.at_day ?? Infinity)) < 1e-6;
  return a.endpoint === b.endpoint && (a.label ?? "") === (b.label ?? "") && same;
}
