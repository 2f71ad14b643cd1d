/* Simulated people against the distributions that they are drawn from. */
import type { Variable } from "../data";
import { covariates } from "../covariates";
import { significant, unitText } from "../format";
import { covariateName } from "../names";
import { shownArms } from "../select";
import { usePage, type Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { Num } from "../ui/num";
import { words } from "../words";
import { armHistograms, histogramRows, type ArmValues } from "./byarm";
import { axis, axisMarks, el, hover, lines, sheet, wrap, type Axis } from "./draw";
import { drawKey, layoutKey, type KeyItem, type SymbolName } from "./key";
import { SYMBOLS } from "../model";
import { whom } from "./whom";
import { symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTimes, symbolTriangle, symbolWye } from "d3";

const T = words({
  title: ["Simulated people against their distributions", "模拟人群与设定分布的比较"],
  difference: ["difference of the means, in standard deviations", "均值之差（以标准差计）"],
  ratio: ["ratio of the standard deviations", "标准差之比"],
  caption: [
    "Each variable of the population: mean and standard deviation of the people simulated, counted patients of all {n} replicates, against what its distribution says, by arm. Dotted: where 95 % of such means lie by chance (every patient drawn alone). This tells whether sampling and allocation do as stated, not whether the distributions are right: their sources stand in the table.",
    "人群的每个变量：按组比较全部 {n} 次重复中计入患者的均值和标准差与设定分布。点线：若每名患者独立抽取，95 % 的均值因偶然性所在的范围。此图检验抽样与分组是否符合设定，而非分布本身是否正确；来源见数据表。",
  ],
  per: [
    "Variables that all patients of a replicate share vary more than that. Whoever does not meet the population's conditions is drawn again, which moves the means of what those conditions read.",
    "同一次重复的患者共用的变量，其波动大于此范围。不符合人群条件者会重新抽取，因此条件所涉及变量的均值会有偏移。",
  ],
  rest: ["Constants and formulas have no distribution of their own, and stand in the table only.", "常数与公式没有自身的分布，仅列于数据表。"],
  unknown: ["not published", "未发表"],
  space: [" ", ""],
  variable: ["variable", "变量"],
  stated: ["stated mean ± sd", "设定均值 ± 标准差"],
  arm: ["{arm}: mean ± sd", "{arm}：均值 ± 标准差"],
  standardised: ["{arm}: difference, sd", "{arm}：标准化差"],
  unit: ["unit", "单位"],
  distribution: ["distribution", "分布"],
  source: ["source", "来源"],
  covariateTitle: ["Who the simulated patients are", "模拟患者的特征"],
  covariate: ["covariate", "协变量"],
  covariateCaption: ["Simulated patients by arm. Dashed: mean and one standard deviation of the stated distribution.", "模拟患者按组别的分布。虚线：设定分布的均值与一个标准差。"],
  covariatePlain: ["Simulated patients by arm.", "模拟患者按组别的分布。"],
});

interface Compared {
  variable: Variable;
  arms: { arm: number; mean: number; sd: number | null; difference: number; path: string }[];
}
/** Variables with a distribution of their own, and what was simulated of them. */
function compared(p: Page): Compared[] {
  const s = p.model.summary;
  return p.model.run.study.population.variables.flatMap((variable) => {
    if (variable.mean === null || variable.sd === null || !(variable.sd > 0)) return [];
    const arms = shownArms(p.model, p.view).flatMap((arm) => {
      const k = s.arms[arm].covariates.findIndex((c) => c.name === variable.name), c = s.arms[arm].covariates[k];
      if (!c || c.mean === null) return [];
      return [{ arm, mean: c.mean, sd: c.sd, difference: (c.mean - variable.mean!) / variable.sd!, path: `arms.${arm}.covariates.${k}` }];
    });
    return arms.length ? [{ variable, arms }] : [];
  });
}
function titleOf(p: Page, name: string): string {
  return covariateName(name, p.model.summary.parameters.find((q) => q.name === name)?.is);
}

const SHAPE: Record<SymbolName, typeof symbolCircle> = { circle: symbolCircle, square: symbolSquare, triangle: symbolTriangle, diamond: symbolDiamond, star: symbolStar, cross: symbolCross, wye: symbolWye, times: symbolTimes };
function mark(p: Page, arm: number, x: number, y: number, told: string): SVGElement {
  const d = symbol(SHAPE[SYMBOLS[arm % SYMBOLS.length]], 44)()!;
  return el("path", { d, transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`, fill: "var(--ground)", stroke: p.model.colour(arm), "stroke-width": 2 }, hover(told));
}
const within = (x: number, a: Axis) => a.at(Math.min(Math.max(x, a.domain[0]), a.domain[1]));

/** By chance alone, 95 % of the means of n patients lie within this many standard deviations of the distribution. */
function chanceOf(p: Page): number {
  const n = Math.min(...shownArms(p.model, p.view).map((a) => p.model.summary.arms[a].patients - p.model.summary.arms[a].failed));
  return 1.96 / Math.sqrt(Math.max(n, 1));
}

function panel(p: Page, all: Compared[], width: number): SVGSVGElement {
  const narrow = width < 560, labelWidth = narrow ? width * 0.34 : width * 0.28, second = narrow ? 0 : width * 0.24;
  const band = chanceOf(p), most = Math.max(2.5 * band, ...all.flatMap((c) => c.arms.map((a) => Math.abs(a.difference)))) * 1.08;
  const left = labelWidth + 16, right = width - (second ? second + 30 : 0) - 14;
  const a = axis([-most, most], "1", false, left, right, narrow ? 3 : 5);
  const ratios = all.flatMap((c) => c.arms.map((x) => (x.sd ?? NaN) / c.variable.sd!)).filter(Number.isFinite), off = Math.max(0.05, ...ratios.map((r) => Math.abs(r - 1))) * 1.1;
  const b = second ? axis([Math.max(0, 1 - off), 1 + off], "1", false, right + 40, width - 14, 3) : null;
  const items = shownArms(p.model, p.view).map((arm): KeyItem => ({ text: p.model.arms[arm], sign: SYMBOLS[arm % SYMBOLS.length], colour: p.model.colour(arm), hollow: true }));
  const heads = [wrap(T.difference, right - left + 20, 12, 3), b ? wrap(T.ratio, second, 12, 3) : []];
  const top = layoutKey(items, 0, width).height + 14 * Math.max(heads[0].length, heads[1].length) + 14, parts: SVGElement[] = [];
  let y = top;
  for (const c of all) {
    const label = wrap(titleOf(p, c.variable.name), labelWidth, 13, 2), height = Math.max(20, 16 * label.length + 4), middle = y + height / 2;
    parts.push(lines(0, middle + 4 - 8 * (label.length - 1), label), el("line", { x1: left, x2: right, y1: middle, y2: middle, stroke: "var(--line)" }));
    for (const x of c.arms) {
      parts.push(mark(p, x.arm, within(x.difference, a), middle, `${p.model.arms[x.arm]}\n${titleOf(p, c.variable.name)}: ${significant(x.mean)} (${significant(c.variable.mean!)})\n${significant(x.difference, 2)} sd`));
      if (b && x.sd !== null) parts.push(mark(p, x.arm, within(x.sd / c.variable.sd!, b), middle, `${p.model.arms[x.arm]}\nsd ${significant(x.sd)} (${significant(c.variable.sd!)})`));
    }
    y += height;
  }
  const rule = (at: number, dash?: string) => el("line", { x1: at, x2: at, y1: top - 4, y2: y, stroke: dash ? "var(--soft)" : "currentColor", "stroke-dasharray": dash });
  const svg = sheet(width, y + 26,
    lines((left + right) / 2, top - 14 * heads[0].length, heads[0], { "font-size": 12, "text-anchor": "middle", fill: "var(--soft)" }, 14),
    rule(a.at(0)), rule(a.at(band), "2 3"), rule(a.at(-band), "2 3"), axisMarks(a, y, right),
    ...(b ? [lines((right + 40 + width - 14) / 2, top - 14 * heads[1].length, heads[1], { "font-size": 12, "text-anchor": "middle", fill: "var(--soft)" }, 14), rule(b.at(1)), axisMarks(b, y, width - 14)] : []), ...parts);
  drawKey(svg, items, 0, width, 0);
  return svg;
}

const pair = (mean: number | null, sd: number | null) => (mean === null ? "–" : sd === null ? significant(mean) : `${significant(mean)} ± ${significant(sd)}`);

function sourceRows(p: Page) {
  const s = p.model.summary, arms = shownArms(p.model, p.view);
  return p.model.run.study.population.variables.map((v) => [
    `${titleOf(p, v.name)}${titleOf(p, v.name).includes(v.name) ? "" : ` (${v.name})`}`, { show: pair(v.mean, v.sd), raw: v.mean },
    ...arms.flatMap((arm) => {
      const k = s.arms[arm].covariates.findIndex((c) => c.name === v.name), c = s.arms[arm].covariates[k];
      if (!c) return [null, null];
      const path = `arms.${arm}.covariates.${k}`, d = v.mean !== null && v.sd && c.mean !== null ? (c.mean - v.mean) / v.sd : null;
      return [{ show: <><Num path={`${path}.mean`} unit="1" /> ± <Num path={`${path}.sd`} unit="1" /></>, raw: c.mean }, d === null ? null : { show: significant(d, 2), raw: d }];
    }),
    unitText(v.unit ?? "1"), v.formula ?? v.distribution, v.unknown ? `${T.unknown}: ${v.source ?? ""}` : (v.source ?? ""),
  ]);
}

export const sources: FigureSpec = {
  id: "population-sources",
  title: () => T.title,
  present: (p) => compared(p).length > 0,
  draw(p, width) {
    const all = compared(p);
    return all.length ? [panel(p, all, width)] : [];
  },
  caption: (p) => [T.caption.replace("{n}", String(p.model.summary.replicates)), T.per, T.rest].join(T.space),
  table(p) {
    const arms = shownArms(p.model, p.view).map((a) => p.model.arms[a]);
    return {
      columns: [{ label: T.variable }, { label: T.stated, number: true }, ...arms.flatMap((arm) => [{ label: T.arm.replace("{arm}", arm), number: true }, { label: T.standardised.replace("{arm}", arm), number: true }]), { label: T.unit }, { label: T.distribution }, { label: T.source }],
      rows: sourceRows(p),
    };
  },
};

function chosen(p: Page) {
  const all = covariates(p.model);
  return all.find((c) => c.name === p.view.pick.covariate) ?? all[0];
}
function valuesBy(p: Page): ArmValues[] {
  const c = chosen(p), all = p.model.patients;
  if (!c || !all) return [];
  const x = all.patients.numbers(c.name);
  return shownArms(p.model, p.view)
    .map((arm) => ({ arm, values: Float64Array.from(p.selection.rows.filter((r) => all.arm[r] === arm && Number.isFinite(x[r])), (r) => x[r]) }))
    .filter((a) => a.values.length > 0);
}
function stated(p: Page): { mean: number; sd: number } | null {
  const v = p.model.run.study.population.variables.find((w) => w.name === chosen(p)?.name);
  return v && v.mean !== null && v.sd ? { mean: v.mean, sd: v.sd } : null;
}

function Choice() {
  const p = usePage();
  return (
    <div class="beside">
      <label>{T.covariate}{" "}
        <select value={chosen(p)?.name} onChange={(e) => p.change({ pick: { ...p.view.pick, covariate: e.currentTarget.value } })}>
          {covariates(p.model).map((c) => <option value={c.name}>{c.title}</option>)}
        </select>
      </label>
    </div>
  );
}

export const covariate: FigureSpec = {
  id: "covariate",
  title: () => T.covariateTitle,
  present: (p) => covariates(p.model).length > 0,
  draw(p, width) {
    const c = chosen(p);
    return c ? armHistograms(p, valuesBy(p), { unit: "1", label: c.unit ? `${c.title}, ${c.unit}` : c.title, stated: stated(p) }, width) : [];
  },
  beside: () => <Choice />,
  caption: (p) => [stated(p) ? T.covariateCaption : T.covariatePlain, whom(p)].join(T.space),
  table: (p) => histogramRows(p, valuesBy(p), chosen(p)?.unit ?? ""),
};
