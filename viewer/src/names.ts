/* What things of a run are called, in both languages. A name that is not known here is shown as the run wrote it. */
import { MONTH, plain } from "./format";
import { fill, language, words } from "./words";

/** What a measure is known by: a row of endpoints, of a comparison, of a contrast, a published figure. */
export interface Named {
  endpoint: string;
  at_day?: number | null;
  label?: string | null;
}

const LONG = words({
  ORR: ["Objective response rate (ORR)", "客观缓解率（ORR）"],
  DCR: ["Disease control rate (DCR)", "疾病控制率（DCR）"],
  CR: ["Complete response rate (CR)", "完全缓解率（CR）"],
  PFS: ["Progression-free survival (PFS), median", "中位无进展生存期（PFS）"],
  RFS: ["Recurrence-free survival (RFS), median", "中位无复发生存期（RFS）"],
  OS: ["Overall survival (OS), median", "中位总生存期（OS）"],
  DoR: ["Duration of response (DoR), median", "中位缓解持续时间（DoR）"],
  TTR: ["Time to response (TTR), median", "中位至缓解时间（TTR）"],
  Cmax: ["Peak level (Cmax)", "峰浓度（Cmax）"],
  Tmax: ["Time of the peak (Tmax)", "达峰时间（Tmax）"],
  AUC28: ["Area under the curve, days 0 to 28 (AUC28)", "0–28 天曲线下面积（AUC28）"],
});
const SHORT = words({
  ORR: ["ORR", "ORR"],
  DCR: ["DCR", "DCR"],
  CR: ["CR", "CR"],
  PFS: ["median PFS", "中位 PFS"],
  RFS: ["median RFS", "中位 RFS"],
  OS: ["median OS", "中位 OS"],
  DoR: ["median DoR", "中位 DoR"],
  TTR: ["median TTR", "中位 TTR"],
  Cmax: ["Cmax", "Cmax"],
  Tmax: ["Tmax", "Tmax"],
  AUC28: ["AUC28", "AUC28"],
});
const T = words({
  at: ["{x} at {t}", "{t} {x} 率"],
  kinetics: ["Cell kinetics, {t}", "细胞动力学，{t}"],
  day: ["day {n}", "第 {n} 天"],
  days: ["{n} days", "{n} 天"],
  months: ["{n} months", "{n} 个月"],
  hour: ["{n} h", "{n} 小时"],
  minute: ["{n} min", "{n} 分钟"],
  week: ["{n} weeks", "{n} 周"],
  year: ["{n} years", "{n} 年"],
  span: ["days {a} to {b}", "第 {a} 至 {b} 天"],
  difference: ["{x}, difference", "{x} 差值"],
  hr: ["{x}, hazard ratio (HR)", "{x} 风险比（HR）"],
  logrank: ["{x}, log-rank p", "{x} 对数秩检验 p 值"],
  fisher: ["{x}, Fisher p", "{x} Fisher 精确检验 p 值"],
  ratio: ["{x}, ratio of medians", "{x} 中位数之比"],
  ratioOf: ["{x}, ratio", "{x}，比值"],
  grade: ["{x}, grade {n} or higher", "{x}，≥ {n} 级"],
  gradeShort: ["{x} grade ≥ {n}", "{x} ≥ {n} 级"],
  any: ["{x}, any grade", "{x}，任何级别"],
  fold: ["{x} relative to before treatment, {t}", "{x}（相对治疗前），{t}"],
  max: ["maximum", "最大值"],
  min: ["minimum", "最小值"],
  above: ["share with {x} above {n}", "{x} 高于 {n} 的比例"],
  below: ["share with {x} below {n}", "{x} 低于 {n} 的比例"],
  halfLife: ["half-life of {x}, {t}", "{x} 半衰期，{t}"],
  doubling: ["doubling time of {x}, {t}", "{x} 倍增时间，{t}"],
  cells: ["cell kinetics", "细胞动力学"],
  persistence: ["Persistence of the cells", "细胞存续时间"],
  lasting: ["Persistence of the cells above {t}", "细胞存续超过 {t} 的比例"],
  newLesion: ["New lesion by {t}", "{t} 内出现新病灶的比例"],
  peak: ["Peak of the hazard of {x}, {t}", "{x} 风险峰值时间，{t}"],
  among: ["{x}, among {a}", "{x}（亚组：{a}）"],
  groups: ["{x}, {a} against {b}", "{x}（{a} 对 {b}）"],
  incidence: ["{x} by {t}", "{t} 内{x}"],
  disease: ["Disease control at {t}", "{t} 疾病控制率"],
  attribute: ["attribute {x} of the product", "产品属性 {x}"],
});

const HARM = words({
  CRS: ["cytokine release syndrome (CRS)", "细胞因子释放综合征（CRS）"],
  ICANS: ["neurotoxicity (ICANS)", "免疫效应细胞相关神经毒性综合征（ICANS）"],
  GVHD: ["graft-versus-host disease (GVHD)", "移植物抗宿主病（GVHD）"],
  "off-tumour": ["damage of normal tissue (off-tumour)", "正常组织损伤（在靶脱瘤效应）"],
  "second-malignancy": ["second malignancy", "继发恶性肿瘤"],
});
const COVARIATE = words({
  age: ["age", "年龄"],
  weight: ["body weight", "体重"],
  height: ["height", "身高"],
  bsa: ["body surface area", "体表面积"],
  sex: ["sex", "性别"],
  ecog: ["ECOG performance status", "ECOG 体能状态"],
  lesions: ["number of target lesions", "靶病灶数目"],
  size: ["size of the largest lesion", "最大病灶大小"],
  BASELINE_SLD: ["sum of diameters at baseline", "基线直径总和"],
  DOSES: ["doses given", "给药次数"],
  INFUSIONS: ["infusions given", "输注次数"],
  CMAX: ["peak level of the cells", "细胞峰浓度"],
});

/** The name of a harm: a grade or a counted event. */
export function harmName(name: string): string {
  return name in HARM ? HARM[name as keyof typeof HARM] : name;
}
/** The same where there is little room: abbreviations stay. */
export function harmShort(name: string): string {
  return /^[A-Z]+$/.test(name) ? name : harmName(name);
}
/** The name of a covariate; `is`: what the table of parameters says of a parameter of that name. */
export function covariateName(name: string, is?: string): string {
  if (name in COVARIATE) return COVARIATE[name as keyof typeof COVARIATE];
  return is ? `${is} (${name})` : name;
}

/** Whose of a group: "infusions given > 6" of "INFUSIONS > 6". */
export function groupName(text: string): string {
  return text.replace(/^[A-Za-z_]\w*(?= [<>=])/, (name) => covariateName(name)).replace(">=", "≥").replace("<=", "≤");
}

/** A time in days as people say it: months from 60 days on. */
function timeName(day: number): string {
  return day >= 60 ? fill(T.months, { n: plain(Math.round((day / MONTH) * 100) / 100) }) : fill(T.days, { n: plain(day) });
}
/** "6 month", "2 hour" of a written phrase. */
function written(n: string, unit: string): string {
  // A whole number of days that the summary wrote as months: "5.91 month" of 180 days.
  const days = Number(n) * MONTH;
  if (unit === "month" && !Number.isInteger(Number(n)) && Math.abs(days - Math.round(days)) < 0.005 * MONTH) return written(String(Math.round(days)), "day");
  const known: Record<string, string> = { day: T.days, month: T.months, hour: T.hour, minute: T.minute, week: T.week, year: T.year };
  const text = fill(known[unit] ?? `{n} ${unit}`, { n });
  return language() === "en" && n === "1" ? text.replace(/s$/, "") : text;
}

/** When: "day 28", "at 2 hour", "day 7 to 28", "max", "min". */
function when(text: string): string {
  let m = /^day (\S+) to (\S+)$/.exec(text);
  if (m) return fill(T.span, { a: m[1], b: m[2] });
  if ((m = /^day (\S+)$/.exec(text))) return fill(T.day, { n: m[1] });
  if ((m = /^at (\S+) (\S+)$/.exec(text))) return written(m[1], m[2]);
  return text === "max" ? T.max : text === "min" ? T.min : text;
}

function phraseOf(subject: string, rest: string): string | null {
  let m = /^(half-life|doubling) (.+)$/.exec(rest);
  if (m) return fill(m[1] === "doubling" ? T.doubling : T.halfLife, { x: subject, t: when(m[2]) });
  if ((m = /^fold (.+)$/.exec(rest))) return fill(T.fold, { x: subject, t: when(m[1]) });
  if ((m = /^(above|below) (\S+) (.+)$/.exec(rest))) return `${fill(m[1] === "above" ? T.above : T.below, { x: subject, n: m[2] })}${language() === "zh" ? "，" : ", "}${when(m[3])}`;
  return /^(day|at|max|min)\b/.test(rest) ? `${subject}${language() === "zh" ? "，" : ", "}${when(rest)}` : null;
}

/** A phrase of docs/reference/endpoints.md in words; as it was written when it is none. */
export function labelName(label: string): string {
  let m = /^(.*), among (.+) against (.+)$/.exec(label);
  if (m) return fill(T.groups, { x: labelName(m[1]), a: groupName(m[2]), b: groupName(m[3]) });
  if ((m = /^(.*), among (.+)$/.exec(label))) return fill(T.among, { x: labelName(m[1]), a: groupName(m[2]) });
  if ((m = /^(ORR|DCR|CR|PFS|RFS|OS|DOR|DoR) (HR|ratio|difference)$/.exec(label))) return fill(m[2] === "HR" ? T.hr : m[2] === "ratio" ? (/^(ORR|DCR|CR)$/.test(m[1]) ? T.ratioOf : T.ratio) : T.difference, { x: m[1] });
  if ((m = /^(.*) ratio$/.exec(label))) return fill(T.ratioOf, { x: labelName(m[1]) });
  if ((m = /^(.*) difference$/.exec(label))) return fill(T.difference, { x: labelName(m[1]) });
  if ((m = /^(.+) >= (\d)$/.exec(label))) return m[2] === "1" ? fill(T.any, { x: harmName(m[1]) }) : fill(T.grade, { x: harmName(m[1]), n: m[2] });
  if ((m = /^event (\S+) at (\S+) (\S+)$/.exec(label))) return fill(T.incidence, { x: harmName(m[1]), t: written(m[2], m[3]) });
  if ((m = /^event (\S+)$/.exec(label))) return harmName(m[1]);
  if ((m = /^marker (\S+) (.+)$/.exec(label))) return phraseOf(m[1], m[2]) ?? label;
  if ((m = /^kinetics (.+)$/.exec(label))) return phraseOf(T.cells, m[1]) ?? label;
  if ((m = /^attribute (\S+)$/.exec(label))) return fill(T.attribute, { x: m[1] });
  if (label === "persistence") return T.persistence;
  if ((m = /^persistence above (\S+) (\S+)$/.exec(label))) return fill(T.lasting, { t: written(m[1], m[2]) });
  if ((m = /^new lesion at (\S+) (\S+)$/.exec(label))) return fill(T.newLesion, { t: written(m[1], m[2]) });
  if ((m = /^hazard peak of (\S+) (.+)$/.exec(label))) return fill(T.peak, { x: m[1], t: when(m[2]) });
  if ((m = /^DCR at (\S+) (\S+)$/.exec(label))) return fill(T.disease, { t: written(m[1], m[2]) });
  if ((m = /^(PFS|RFS|OS) at (\S+) (\S+)$/.exec(label))) return fill(T.at, { x: m[1], t: written(m[2], m[3]) });
  return label in LONG ? LONG[label as keyof typeof LONG] : label;
}

/** "PFS at 6 months", "6 个月 PFS 率". */
export function measureName(m: Named, short = false): string {
  const name = nameOf(m, short);
  // A name stands at the head of its row. What the study calls something ("ctDNA") keeps its letters.
  return short || !/^[a-z][a-z-]+(?![A-Za-z0-9_])/.test(name) || isOwn(m, name) ? name : name[0].toUpperCase() + name.slice(1);
}
/** Does the name begin with what the study itself calls a marker or an event, or is it not known here? */
function isOwn(m: Named, name: string): boolean {
  const own = /^(?:marker|event) (\S+)/.exec(m.label ?? "")?.[1] ?? /^(\S+) >= \d$/.exec(m.label ?? "")?.[1];
  return name === (m.label ?? m.endpoint.replace(/_/g, " ")) || (own !== undefined && name.startsWith(own));
}
function nameOf(m: Named, short: boolean): string {
  const grade = short ? /^(.+) >= (\d)$/.exec(m.label ?? "") : null;
  if (grade) return fill(T.gradeShort, { x: grade[1], n: grade[2] });
  if (m.label) return labelName(m.label);
  const known = short ? SHORT : LONG;
  if (m.endpoint in known) return known[m.endpoint as keyof typeof known];
  const day = m.at_day;
  if (m.endpoint === "kinetics" && day !== undefined && day !== null) return fill(T.kinetics, { t: fill(T.day, { n: plain(day) }) });
  const part = /^([A-Za-z]+)_(at|difference|hazard_ratio|logrank_p|fisher_p|ratio)$/.exec(m.endpoint);
  if (!part) return m.endpoint.replace(/_/g, " ");
  const x = part[1];
  if (part[2] === "at" && day !== undefined && day !== null) return fill(T.at, { x, t: timeName(day) });
  const text: Record<string, string> = { difference: T.difference, hazard_ratio: T.hr, logrank_p: T.logrank, fisher_p: T.fisher, ratio: T.ratio };
  return fill(text[part[2]] ?? "{x}", { x });
}
