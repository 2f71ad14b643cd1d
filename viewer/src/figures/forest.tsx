/* An arm against its reference in subgroups by what was known before treatment. */
import type { ForestRow } from "../data";
import { fixed, significant, unitText } from "../format";
import { usePage, type Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { fill, words } from "../words";
import { covariateName, measureName } from "../names";
import { axis, axisMarks, el, hover, lines, sheet, text, wrap, type Axis } from "./draw";

const T = words({
  title: ["Subgroups (forest plot)", "亚组（森林图）"],
  measure: ["measure", "指标"],
  everyone: ["All patients", "全部患者"],
  subgroup: ["subgroup", "亚组"],
  patients: ["patients", "患者数"],
  events: ["events", "事件数"],
  against: ["{a} against {b}", "{a} 对比 {b}"],
  arms: ["comparison", "比较"],
  median: ["median", "中位数"],
  points: [", points", "，百分点"],
  better: ["favours {arm}", "{arm} 占优"],
  low: ["2.5 %", "2.5 %"],
  high: ["97.5 %", "97.5 %"],
  replicates: ["replicates", "重复次数"],
  caption: [
    "Each row compares both arms among the patients of one subgroup, in each of {n} replicates: square or diamond at the median over replicates, line from the 2.5 to the 97.5 % quantile. Patients and events are means of one replicate, both arms together. Dotted: the median of all patients.",
    "每行在一个亚组内比较两组，共 {n} 次重复：方块或菱形为各次重复的中位数，横线为 2.5 % 至 97.5 % 分位数。患者数与事件数为单次重复两组合计的均值。点线：全部患者的中位数。",
  ],
  beware: [
    "Subgroups are exploratory, and of simulated people: a difference between them shows what the model assumes of that covariate, not what patients have shown.",
    "亚组分析为探索性，且针对模拟患者：亚组间差异反映模型对该协变量的假设，而非患者的实际表现。",
  ],
  halves: ["Covariates with many values are cut at the median of the first replicate.", "取值较多的协变量以首次重复的中位数为界。"],
  years: ["years", "岁"],
  some: ["{k} of {n} replicates", "{n} 次重复中 {k} 次"],
  space: [" ", ""],
});

type Measure = ForestRow["measure"];
const all = (p: Page): ForestRow[] => p.model.summary.forest ?? [];
function measures(p: Page): Measure[] {
  return (["PFS_hazard_ratio", "OS_hazard_ratio", "ORR_difference"] as const).filter((m) => all(p).some((r) => r.measure === m && r.median !== null));
}
function chosen(p: Page): Measure | undefined {
  const list = measures(p);
  return list.find((m) => m === p.view.pick.forest) ?? list[0];
}
const name = (p: Page, m: Measure) => measureName({ endpoint: p.model.recurrence ? m.replace(/^PFS/, "RFS") : m });
const shown = (p: Page) => all(p).filter((r) => r.measure === chosen(p) && !p.view.hidden.includes(p.model.armIndex(r.arm)));
const isShare = (m: Measure) => m === "ORR_difference";
const told = (x: number | null, m: Measure) => (x === null ? "–" : isShare(m) ? fixed(100 * x, 1) : significant(x)).replace("-", "−");
/** "age ≥ 59.5 years" of "age >= 59.5 year". */
export function levelText(r: ForestRow): string {
  if (!r.covariate) return T.everyone;
  const m = /^(<|>=|=) (\S+)(?: (.+))?$/.exec(r.level.startsWith(`${r.covariate} `) ? r.level.slice(r.covariate.length + 1) : "");
  if (!m) return r.level;
  const unit = m[3] === "year" ? T.years : m[3] ? unitText(m[3]) : "";
  return [covariateName(r.covariate), m[1].replace(">=", "≥"), m[2], unit].filter(Boolean).join(" ");
}
const level = levelText;

/** Text over lines stays readable. */
const HALO = { stroke: "var(--ground)", "stroke-width": 3, "paint-order": "stroke" };

interface Place {
  label: number; // width of the first column
  patients: number; // right edges
  events: number;
  left: number; // of the plot
  right: number;
  wide: boolean;
}
function places(width: number): Place {
  const wide = width >= 640;
  if (!wide) return { label: width - 130, patients: width - 66, events: width, left: 12, right: width - 16, wide };
  const label = Math.min(230, width * 0.24);
  return { label, patients: label + 70, events: label + 132, left: label + 160, right: width - 182, wide };
}

function frameOf(rows: ForestRow[], m: Measure): [number, number] {
  const x = rows.flatMap((r) => [r.median, r.q025, r.q975]).filter((v): v is number => v !== null && Number.isFinite(v) && (isShare(m) || v > 0));
  const low = Math.min(...x), high = Math.max(...x);
  // A subgroup of few patients has an interval without bounds that one could read: it is cut, with an arrow.
  if (isShare(m)) return [Math.min(low, -0.05) - 0.02, Math.max(high, 0.05) + 0.02];
  return [Math.max(Math.min(low, 0.8) / 1.08, 0.05), Math.min(Math.max(high, 1.25) * 1.08, 20)];
}

function interval(r: ForestRow, a: Axis, y: number, colour: string): SVGElement {
  const g = el("g", { stroke: colour, fill: colour }), [from, to] = a.domain;
  if (r.median === null) return g;
  if (r.q025 !== null && r.q975 !== null) {
    g.append(el("line", { x1: a.at(Math.max(r.q025, from)), x2: a.at(Math.min(r.q975, to)), y1: y, y2: y, "stroke-width": 1.8 }));
    if (r.q025 < from) g.append(el("path", { d: `M${a.at(from) + 6} ${y - 4}l-6 4l6 4`, fill: "none", "stroke-width": 1.8 }));
    if (r.q975 > to) g.append(el("path", { d: `M${a.at(to) - 6} ${y - 4}l6 4l-6 4`, fill: "none", "stroke-width": 1.8 }));
  }
  const x = a.at(Math.min(Math.max(r.median, from), to)), s = r.covariate ? 4.5 : 7;
  g.append(r.covariate ? el("rect", { x: x - s, y: y - s, width: 2 * s, height: 2 * s, stroke: "var(--ground)" }) : el("path", { d: `M${x} ${y - s}l${s} ${s}l-${s} ${s}l-${s} -${s}Z`, stroke: "var(--ground)" }));
  return g;
}

function row(p: Page, r: ForestRow, place: Place, a: Axis, y: number): { g: SVGElement; height: number } {
  const colour = p.model.colour(Math.max(0, p.model.armIndex(r.arm)));
  const label = wrap(level(r), place.label, 13, 2), bold = r.covariate ? 400 : 700;
  const values = `${told(r.median, r.measure)} [${told(r.q025, r.measure)}, ${told(r.q975, r.measure)}]`;
  const n = p.model.summary.replicates, few = r.replicates_defined < n ? fill(T.some, { k: r.replicates_defined, n }) : "";
  const height = place.wide ? Math.max(24, 16 * label.length + 6) : 16 * label.length + 40;
  const middle = place.wide ? y + height / 2 : y + 16 * label.length + 14;
  const first = place.wide ? middle + 4 - 8 * (label.length - 1) : y + 13;
  const numbers = place.wide ? middle + 4 : y + 13;
  const g = el("g", {}, hover(`${level(r)}\n${name(p, r.measure)}: ${values}${few ? `\n${few}` : ""}`),
    lines(0, first, label, { "font-weight": bold, ...HALO }),
    text(place.patients, numbers, significant(Math.round(r.patients)), { "text-anchor": "end" }),
    r.events === null ? null : text(place.events, numbers, significant(Math.round(r.events)), { "text-anchor": "end" }),
    interval(r, a, middle, colour),
    place.wide ? text(place.right + 22, middle + 4, values, { "font-weight": bold }) : text(0, middle + 18, values, { "font-size": 12, fill: "var(--soft)", ...HALO }));
  return { g, height: place.wide ? height : height + 10 };
}

function head(rows: ForestRow[], place: Place, a: Axis, width: number): { g: SVGElement; height: number } {
  const r = rows[0], title = wrap(fill(T.against, { a: r.arm, b: r.against }), 0.88 * width, 14, 2), y = 18 * title.length + 18;
  const small = { "font-size": 12, fill: "var(--soft)", "text-anchor": "end" };
  const g = el("g", {}, lines(0, 14, title, { "font-size": 14, "font-weight": 700 }, 18),
    text(place.patients, y, T.patients, small), isShare(r.measure) ? null : text(place.events, y, T.events, small),
    place.wide ? text(place.right + 22, y, `${T.median} [2.5 %, 97.5 %]${isShare(r.measure) ? T.points : ""}`, { ...small, "text-anchor": "start" }) : null);
  const none = a.at(isShare(r.measure) ? 0 : 1), up = isShare(r.measure);
  const favours = fill(T.better, { arm: r.arm }), room = up ? place.right - none : none - place.left;
  if (place.wide && room > 60) g.append(lines(up ? none + 8 : none - 8, y, wrap(up ? `${favours} →` : `← ${favours}`, room - 8, 12, 1), { ...small, "text-anchor": up ? "start" : "end" }));
  return { g, height: y + 8 };
}

function panel(p: Page, rows: ForestRow[], width: number): SVGSVGElement {
  const m = rows[0].measure, place = places(width), domain = frameOf(rows, m);
  const a = axis(domain, isShare(m) ? "share" : "1", !isShare(m), place.left, place.right, place.right - place.left > 400 ? 7 : 5);
  const top = head(rows, place, a, width), parts: SVGElement[] = [], under: SVGElement[] = [];
  let y = top.height, covariate = "";
  for (const r of rows) {
    if (r.covariate !== covariate) {
      y += 5;
      under.push(el("line", { x1: 0, x2: width, y1: y - 2, y2: y - 2, stroke: "var(--line)" }));
      covariate = r.covariate;
    }
    const one = row(p, r, place, a, y);
    parts.push(one.g);
    y += one.height;
  }
  const rule = (x: number, dash?: string) => el("line", { x1: a.at(x), x2: a.at(x), y1: top.height, y2: y, stroke: dash ? "var(--soft)" : "currentColor", "stroke-dasharray": dash });
  under.push(rule(isShare(m) ? 0 : 1));
  const overall = rows.find((r) => !r.covariate)?.median;
  if (overall !== null && overall !== undefined && overall >= domain[0] && overall <= domain[1]) under.push(rule(overall, "2 3"));
  return sheet(width, y + 44, top.g, ...under, ...parts, axisMarks(a, y, place.right), text((place.left + place.right) / 2, y + 36, name(p, m), { "font-size": 12, "text-anchor": "middle" }));
}

function panels(p: Page): ForestRow[][] {
  const out = new Map<string, ForestRow[]>();
  for (const r of shown(p)) {
    const key = fill(T.against, { a: r.arm, b: r.against });
    out.set(key, [...(out.get(key) ?? []), r]);
  }
  return [...out.values()].filter((rows) => rows.some((r) => r.median !== null));
}

function Choice() {
  const p = usePage();
  return (
    <div class="beside">
      <label>{T.measure}{" "}
        <select value={chosen(p)} onChange={(e) => p.change({ pick: { ...p.view.pick, forest: e.currentTarget.value } })}>
          {measures(p).map((m) => <option value={m}>{name(p, m)}</option>)}
        </select>
      </label>
    </div>
  );
}

export const forest: FigureSpec = {
  id: "forest",
  title: () => T.title,
  present: (p) => measures(p).length > 0,
  draw: (p, width) => panels(p).map((rows) => panel(p, rows, width)),
  beside: () => <Choice />,
  caption: (p) => [fill(T.caption, { n: p.model.summary.replicates }), shown(p).some((r) => / (<|>=) /.test(r.level)) ? T.halves : "", T.beware].filter(Boolean).join(T.space),
  table: (p) => ({
    columns: [{ label: T.subgroup }, { label: T.arms }, { label: T.measure }, { label: T.patients, number: true }, { label: T.events, number: true }, { label: T.median, number: true }, { label: T.low, number: true }, { label: T.high, number: true }, { label: T.replicates, number: true }],
    rows: shown(p).map((r) => {
      const number = (x: number | null) => ({ show: told(x, r.measure), raw: x });
      return [level(r), fill(T.against, { a: r.arm, b: r.against }), name(p, r.measure), { show: fixed(r.patients, 1), raw: r.patients }, r.events === null ? null : { show: fixed(r.events, 1), raw: r.events }, number(r.median), number(r.q025), number(r.q975), r.replicates_defined];
    }),
  }),
};
