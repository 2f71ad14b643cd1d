/* Markers and cytokines in blood: one small drawing each. */
import type { FigureSpec } from "../ui/figure";
import { unitText } from "../format";
import { shownArms } from "../select";
import type { Page } from "../ui/context";
import { words } from "../words";
import type { KeyItem } from "./key";
import { early, levelColumns, levelRows, levelWhom, Span } from "./kinetics";
import { BANDS, drawLevels, levelTime } from "./level_draw";
import { levelAxis, levels, markersOf, tracks, type Quantity } from "./levels";
import { sentences, whom } from "./whom";

const T = words({
  cytokines: ["Cytokines and inflammation", "细胞因子与炎症指标"],
  markers: ["Markers", "标志物"],
  marker: ["marker", "标志物"],
  lines: ["Thick: the median; area: 5 to 95 % of patients; thin: single patients, at most 30, evenly chosen.", "粗线：中位数；色带：5–95 % 患者范围；细线：单个患者，最多均匀选取 30 名。"],
  bands: ["Line: the median; area: 5 to 95 % of patients.", "线：中位数；色带：5–95 % 患者范围。"],
  medians: ["Lines: medians; the range of 5 to 95 % stands in the table.", "线：中位数；5–95 % 范围见数据表。"],
  axes: ["Axes are logarithmic where levels spread over more than a factor of 20; what is at or below the lowest mark is drawn on it. Each drawing has an axis of its own.", "水平跨度超过 20 倍时采用对数坐标；等于或低于最低刻度者画在该刻度上。各图坐标轴互相独立。"],
  dead: ["Who has died is no longer measured: medians at late days are of survivors.", "死亡患者不再测量：后期的中位数仅代表存活者。"],
});

/** Interleukins, interferons, tumour necrosis factor, colony stimulating factors, chemokines, and the proteins of the acute phase; with
 * something before the name ("UPN1-IL-6") only what is measured as a concentration. */
const CYTOKINE = /^(s?IL-?\d|IFN|TNF|GM-?CSF|G-?CSF|M-?CSF|CCL|CXCL|MCP|MIP|IP-?10|CRP|ferritin|TGF)/i;
export function isCytokine(name: string, unit: string): boolean {
  return CYTOKINE.test(name) || (/(g|mol|IU|U)\/[mdu]?L$/.test(unit) && name.split(/[-_ ]/).some((_, i, all) => CYTOKINE.test(all.slice(i).join("-"))));
}

const chosen = (p: Page, cytokines: boolean): Quantity[] => markersOf(p).filter((q) => isCytokine(q.name, q.unit) === cytokines);

function panel(p: Page, q: Quantity, width: number, last: boolean): SVGSVGElement | null {
  const arms = levels(p, q);
  if (!arms.length) return null;
  const lone = arms.length === 1, time = levelTime(p, q.summary.day, early(p, q));
  const single = lone ? tracks(p, q, arms[0].arm, 30) : [];
  const of = (k: "q05" | "q50" | "q95") => arms.flatMap((a) => a[k]);
  const axis = levelAxis(of("q50"), of("q05"), [...of("q95"), ...single.flatMap((t) => t.points.map((d) => d.level))], [], false);
  const unit = unitText(q.unit);
  const head: KeyItem[] = [{ text: unit ? `${q.title}, ${unit}` : q.title, sign: "none", bold: true }];
  const key: KeyItem[] = shownArms(p.model, p.view).length > 1 ? arms.map((a) => ({ text: p.model.arms[a.arm], sign: "line", colour: p.model.colour(a.arm), dash: p.model.dash(a.arm) })) : [];
  const svg = drawLevels(p, { quantity: q, arms, tracks: single, axis, time, head, key, doseDays: [], published: [], lloq: null, width, height: 210 });
  svg.style.display = "inline-block";
  svg.style.verticalAlign = "top";
  svg.style.marginRight = last ? "0" : `${GAP}px`;
  return svg;
}

const GAP = 16;

function draw(p: Page, width: number, cytokines: boolean): SVGSVGElement[] {
  const list = chosen(p, cytokines);
  const columns = list.length > 1 && width >= 620 ? 2 : 1;
  const each = Math.floor((width - (columns - 1) * GAP) / columns) - (columns > 1 ? 3 : 0);
  let i = 0;
  return list.flatMap((q) => {
    const svg = panel(p, q, each, columns === 1 || i % columns === columns - 1);
    if (svg) i++;
    return svg ? [svg] : [];
  });
}

function spec(id: string, cytokines: boolean, title: () => string): FigureSpec {
  return {
    id, title,
    present: (p) => chosen(p, cytokines).some((q) => q.summary.arms.some((a) => a.q95.some((x) => x !== null && x > 0))),
    beside: (p) => <Span of={chosen(p, cytokines)[0] ?? null} />,
    draw: (p, width) => draw(p, width, cytokines),
    caption: (p) => {
      const lines = shownArms(p.model, p.view).length === 1 && p.model.patients;
      const many = shownArms(p.model, p.view).length > BANDS;
      return sentences(levelWhom(p), lines ? T.lines : many ? T.medians : T.bands, (lines || p.selection.source === "patients") && whom(p), T.axes, T.dead);
    },
    table: (p) => ({ columns: [{ label: T.marker }, ...levelColumns()], rows: chosen(p, cytokines).flatMap((q) => levelRows(p, q, [q.title])) }),
  };
}

export const cytokines = spec("cytokines", true, () => T.cytokines);
export const markers = spec("markers", false, () => T.markers);
