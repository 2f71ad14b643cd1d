/* Cells in blood: patients, the middle 90 % and the median, on a logarithmic axis, with published figures. */
import type { FigureSpec } from "../ui/figure";
import type { Role } from "../data";
import { significant, unitText } from "../format";
import { usePage, type Page } from "../ui/context";
import { Num } from "../ui/num";
import type { Cell, TableData } from "../ui/table";
import { fill, words } from "../words";
import { roleName, ROLES } from "./roles";
import type { KeyItem } from "./key";
import { drawLevels, levelTime, type Published } from "./level_draw";
import { cellDays, kineticsOf, levelAxis, levels, tracks, type ArmLevels, type Quantity } from "./levels";
import { sentences, whom } from "./whom";

const T = words({
  title: ["Cells in blood", "血中细胞动力学"],
  quantity: ["cells in blood", "血中细胞"],
  head: ["cells in blood, {unit}", "血中细胞，{unit}"],
  median: ["median", "中位数"],
  band: ["5 to 95 % of patients", "5–95 % 患者范围"],
  one: ["one patient", "单个患者"],
  dose: ["infusion of cells", "细胞输注"],
  published: ["published, with its interval", "已发表数值及区间"],
  lloq: ["limit of detection, {x}", "检测下限，{x}"],
  span: ["time", "时间"],
  all: ["all samples", "全部采样"],
  early: ["first 28 days", "前 28 天"],
  summary: ["Median and the middle 90 % of all patients of {n} replicates whose blood is taken on the day.", "当日采血患者（{n} 次重复合并）的中位数与中间 90 % 范围。"],
  lone: ["Median and the middle 90 % of the patients of the only replicate whose blood is taken on the day.", "当日采血患者（唯一一次重复）的中位数与中间 90 % 范围。"],
  here: ["Median and the middle 90 % of the patients below whose blood is taken on the day.", "下述患者中当日采血者的中位数与中间 90 % 范围。"],
  lines: ["Thin lines: single patients, at most {k} of an arm, evenly chosen.", "细线：单个患者，每组最多均匀选取 {k} 名。"],
  floor: ["Blood is taken on the days with a dot; levels between them are not known, and infusions between them give peaks that are not seen. What is at or below the lowest mark, none included, is drawn on it.", "仅在有圆点的日期采血；其间水平未知，其间输注产生的峰值不可见。等于或低于最低刻度（包括未检出）者画在该刻度上。"],
  sources: ["Published: {list}.", "已发表：{list}。"],
  arm: ["arm", "组别"],
  day: ["day", "天"],
  n: ["patients", "患者数"],
  unit: ["unit", "单位"],
});

const MOST = 60;

/** Does the reader look at the first four weeks only? One choice for all that is measured in blood. */
export function early(p: Page, q: Quantity): boolean {
  return canBeEarly(q) && p.view.pick.blood === "28";
}
function canBeEarly(q: Quantity): boolean {
  const d = q.summary.day;
  return Math.max(...d) > 56 && d.filter((x) => x <= 28).length >= 4;
}

interface PublishedLevel extends Published {
  role: Role;
  source: string;
}
function publishedOf(p: Page, arm: string, unit: string): PublishedLevel[] {
  return ROLES.flatMap((role) => (p.model.summary.expectations[role]?.figures ?? [])
    .filter((f) => f.endpoint === "kinetics" && f.arm === arm && !f.against && f.at_day !== undefined && f.published !== null && f.unit === unit)
    .map((f) => ({ role, source: f.source, day: f.at_day!, value: f.published!, low: f.published_low, high: f.published_high })));
}

function panels(p: Page, width: number): SVGSVGElement[] {
  const q = kineticsOf(p, T.quantity);
  if (!q) return [];
  const arms = levels(p, q);
  if (!arms.length) return [];
  const { lloq } = p.model.run.study.assess, time = levelTime(p, q.summary.day, early(p, q));
  const published = new Map(arms.map((a) => [a.arm, publishedOf(p, p.model.arms[a.arm], q.unit)]));
  const more = [...published.values()].flatMap((l) => l.flatMap((f) => [f.value, f.low ?? f.value, f.high ?? f.value]));
  const of = (k: "q05" | "q50" | "q95") => arms.flatMap((a) => a[k]);
  const singles = arms.map((a) => tracks(p, q, a.arm, Math.floor(MOST / Math.min(arms.length, 3))));
  const highest = singles.map((s) => Math.max(0, ...s.flatMap((one) => one.points.map((d) => d.level))));
  const axis = levelAxis(of("q50"), of("q05"), [...of("q95"), ...highest], lloq === null ? more : [...more, lloq], true);
  return arms.map((a, i) => {
    const colour = p.model.colour(a.arm), unit = unitText(q.unit), mine = published.get(a.arm)!;
    const doseDays = cellDays(p, a.arm);
    const key: KeyItem[] = [{ text: T.median, sign: "line", colour, dash: p.model.dash(a.arm) }, { text: T.band, sign: "band", colour, opacity: 0.2 }];
    if (singles[i].length) key.push({ text: T.one, sign: "line", colour, opacity: 0.35 });
    if (doseDays.length) key.push({ text: T.dose, sign: "text", glyph: "▾" });
    if (mine.length) key.push({ text: T.published, sign: "diamond" });
    if (lloq !== null) key.push({ text: fill(T.lloq, { x: `${significant(lloq)} ${unit}` }), sign: "line", dash: "2 3" });
    const head: KeyItem[] = [{ text: p.model.arms[a.arm], sign: "band", colour, bold: true }, { text: fill(T.head, { unit }), sign: "none" }];
    return drawLevels(p, { quantity: q, arms: [a], tracks: singles[i], axis, time, head, key, doseDays, published: mine, lloq, width, height: arms.length > 1 ? 260 : 320 });
  });
}

export function Span({ of }: { of: Quantity | null }) {
  const p = usePage();
  if (!of || !canBeEarly(of)) return null;
  return (
    <p class="figure-choice">
      <label>{T.span}{" "}
        <select value={early(p, of) ? "28" : "all"} onChange={(e) => p.change({ pick: { ...p.view.pick, blood: e.currentTarget.value } })}>
          <option value="all">{T.all}</option>
          <option value="28">{T.early}</option>
        </select>
      </label>
    </p>
  );
}

/** A level in a table: of the summary, so that it is checked against the file, or computed from patients. */
function levelCell(a: ArmLevels, which: "q05" | "q50" | "q95", i: number): Cell {
  const x = a[which][i];
  return { show: a.path ? <Num path={`${a.path}.${which}.${i}`} /> : significant(x), raw: Number.isFinite(x) ? x : null };
}

export function levelRows(p: Page, q: Quantity, first: Cell[]): Cell[][] {
  return levels(p, q).flatMap((a) => a.day.map((d, i): Cell[] => [...first, p.model.arms[a.arm], d, { show: a.path ? <Num path={`${a.path}.n.${i}`} unit="count" /> : String(a.n[i]), raw: a.n[i] }, levelCell(a, "q05", i), levelCell(a, "q50", i), levelCell(a, "q95", i), unitText(q.unit)]));
}
export function levelColumns(): TableData["columns"] {
  return [{ label: T.arm }, { label: T.day, number: true }, { label: T.n, number: true }, { label: "5 %", number: true }, { label: T.median, number: true }, { label: "95 %", number: true }, { label: T.unit }];
}
/** Of whom bands and medians are. */
export function levelWhom(p: Page): string {
  if (p.selection.source !== "summary") return T.here;
  return p.model.summary.replicates > 1 ? fill(T.summary, { n: p.model.summary.replicates }) : T.lone;
}

export const kinetics: FigureSpec = {
  id: "kinetics",
  title: () => T.title,
  present: (p) => !!p.model.summary.kinetics?.arms.some((a) => a.q95.some((x) => x !== null && x > 0)),
  beside: (p) => <Span of={kineticsOf(p, T.quantity)} />,
  draw: panels,
  caption(p) {
    const q = kineticsOf(p, T.quantity)!;
    const arms = levels(p, q);
    const list = [...new Set(arms.flatMap((a) => publishedOf(p, p.model.arms[a.arm], q.unit).map((f) => `${f.source} (${roleName(f.role)})`)))];
    const k = Math.floor(MOST / Math.min(Math.max(arms.length, 1), 3));
    return sentences(levelWhom(p), p.model.patients && fill(T.lines, { k }), p.model.patients && whom(p), T.floor, list.length > 0 && fill(T.sources, { list: list.join("; ") }));
  },
  table(p) {
    const q = kineticsOf(p, T.quantity);
    return { columns: levelColumns(), rows: q ? levelRows(p, q, []) : [] };
  },
};
