/* What nobody has measured, by how strongly results move with it. */
import type { Unknown } from "../data";
import { significant } from "../format";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { fill, words } from "../words";
import { axis, axisMarks, el, hover, lines, sheet, text, wrap } from "./draw";

const T = words({
  title: ["What is unknown, and what results depend on", "未知因素及结果对其的依赖"],
  orr: ["ORR of {arm}", "{arm} 的 ORR"],
  orrDifference: ["difference of ORR to {arm}", "与 {arm} 的 ORR 差值"],
  pfs: ["median PFS of {arm}", "{arm} 的中位 PFS"],
  unpublished: ["nobody has published it", "尚无人发表"],
  caption: [
    "Rank correlation (Spearman) over {n} replicates between what a replicate draws for an unknown and its result. Solid to the right: a larger value goes with a larger result; hatched to the left: with a smaller one. Between the dotted lines (± {b}) lies what chance alone shows in 95 % of cases. Correlation tells the order, not the size, of an influence, and depends on how wide each range was chosen.",
    "{n} 次重复中，每个未知因素的抽取值与该次结果之间的秩相关（Spearman）。向右的实心条：数值越大结果越大；向左的斜线条：数值越大结果越小。点线（± {b}）之间为仅由偶然性在 95 % 情形下出现的范围。相关反映次序而非影响大小，并取决于所设范围的宽度。",
  ],
  first: ["Drawn are the {n} most influential of {all}; the table has all.", "图中为 {all} 个因素中影响最大的 {n} 个；数据表包含全部。"],
  space: [" ", ""],
  name: ["unknown", "未知因素"],
  range: ["drawn from", "抽取分布"],
  unit: ["unit", "单位"],
  source: ["source", "来源"],
});

const KEYS = ["rank_correlation_ORR_last_arm", "rank_correlation_ORR_difference", "rank_correlation_PFS_last_arm"] as const;
type Key = (typeof KEYS)[number];
const MOST = 25;
/** Below so many replicates chance alone shows any correlation. */
const FEWEST = 10;
/** Room for the number behind a bar of 1. */
const REACH = 1.25;

function title(p: Page, key: Key): string {
  const arms = p.model.arms, arm = arms[arms.length - 1];
  return key === KEYS[0] ? fill(T.orr, { arm }) : key === KEYS[1] ? fill(T.orrDifference, { arm: arms[0] }) : fill(T.pfs, { arm });
}
const list = (p: Page): Unknown[] => p.model.summary.unknowns;
/** Columns of which something is known. */
function shown(p: Page): Key[] {
  return KEYS.filter((k) => (k !== KEYS[1] || p.model.arms.length > 1) && list(p).some((u) => u[k] !== null));
}
/** What a rank correlation of n independent pairs stays within, 95 %. */
export function chance(n: number): number {
  return n > 3 ? Math.min(1, 1.96 / Math.sqrt(n - 1)) : 1;
}

function range(u: Unknown): string {
  if (u.distribution === "uniform" || u.distribution === "loguniform") return `${u.distribution} ${significant(u.low ?? NaN)} … ${significant(u.high ?? NaN)}`;
  return `${u.distribution} ${significant(u.centre ?? NaN)}${u.spread ? ` (${significant(u.spread)})` : ""}`;
}

interface Column {
  key: Key;
  left: number;
  right: number;
}

function bar(p: Page, u: Unknown, c: Column, y: number): SVGElement {
  const r = u[c.key], g = el("g", {});
  if (r === null) return g;
  const a = axis([-REACH, REACH], "1", false, c.left, c.right, 4), x0 = a.at(0), x = a.at(r), up = r >= 0;
  g.append(hover(`${u.name}: ${significant(r, 2)} (${title(p, c.key)})`));
  g.append(el("rect", { x: Math.min(x0, x), y: y - 7, width: Math.max(1, Math.abs(x - x0)), height: 14, fill: up ? "var(--good)" : "url(#unknown-falls)", stroke: up ? "var(--good)" : "var(--bad)", "stroke-width": 1 }));
  g.append(text(up ? x + 5 : x - 5, y + 4, significant(r, 2).replace("-", "−"), { "font-size": 11, "text-anchor": up ? "start" : "end" }));
  return g;
}

function frame(p: Page, c: Column, top: number, bottom: number, band: number): SVGElement {
  const a = axis([-REACH, REACH], "1", false, c.left, c.right, 4);
  const rule = (x: number, dash?: string) => el("line", { x1: a.at(x), x2: a.at(x), y1: top, y2: bottom, stroke: dash ? "var(--soft)" : "currentColor", "stroke-dasharray": dash });
  return el("g", {}, lines((c.left + c.right) / 2, top - 22, wrap(title(p, c.key), 0.9 * (c.right - c.left), 12, 2), { "font-size": 12, "font-weight": 600, "text-anchor": "middle" }, 14), rule(0), rule(band, "2 3"), rule(-band, "2 3"), axisMarks(a, bottom, c.right));
}

/** Hatching for what falls: told from what rises without colour. */
function falls(): SVGElement {
  return el("defs", {}, el("pattern", { id: "unknown-falls", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    el("rect", { width: 5, height: 5, fill: "var(--ground)" }), el("rect", { width: 2, height: 5, fill: "var(--bad)" })));
}

function panel(p: Page, keys: Key[], width: number): SVGSVGElement {
  const rows = list(p).slice(0, MOST), labelWidth = Math.min(190, Math.max(96, width * 0.26)), gap = 26;
  const each = (width - labelWidth - gap * keys.length) / keys.length;
  const columns = keys.map((key, i) => ({ key, left: labelWidth + gap + i * (each + gap), right: labelWidth + gap + i * (each + gap) + each - 6 }));
  const top = 44, parts: SVGElement[] = [falls()];
  let y = top;
  for (const u of rows) {
    const name = wrap(u.name, labelWidth, 13, 2), note = u.unpublished ? wrap(T.unpublished, labelWidth, 11, 2) : [];
    const height = 16 * name.length + 13 * note.length + 10;
    parts.push(lines(0, y + 16, name), lines(0, y + 16 + 16 * name.length - 2, note, { "font-size": 11, fill: "var(--soft)" }, 13));
    for (const c of columns) parts.push(bar(p, u, c, y + height / 2));
    y += height;
  }
  return sheet(width, y + 26, ...columns.map((c) => frame(p, c, top, y, chance(p.model.summary.replicates))), ...parts);
}

export const unknowns: FigureSpec = {
  id: "unknowns",
  title: () => T.title,
  present: (p) => p.model.summary.replicates >= FEWEST && shown(p).length > 0,
  draw(p, width) {
    const keys = shown(p);
    return width >= 230 + 170 * keys.length ? [panel(p, keys, width)] : keys.map((k) => panel(p, [k], width));
  },
  caption(p) {
    const n = p.model.summary.replicates, all = list(p).length;
    return [fill(T.caption, { n, b: significant(chance(n), 2) }), all > MOST ? fill(T.first, { n: MOST, all }) : ""].filter(Boolean).join(T.space);
  },
  table(p) {
    const keys = shown(p);
    return {
      columns: [{ label: T.name }, ...keys.map((k) => ({ label: title(p, k), number: true })), { label: T.range }, { label: T.unit }, { label: T.unpublished }, { label: T.source }],
      rows: list(p).map((u) => [u.name, ...keys.map((k) => ({ show: u[k] === null ? "–" : significant(u[k]!, 2), raw: u[k] })), range(u), u.unit === "1" ? "" : u.unit, u.unpublished ? "✓" : "", u.source]),
    };
  },
  fixed: true,
};
