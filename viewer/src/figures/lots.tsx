/* How lots of a product came about, and how much later cells came. */
import type { LotAttribute } from "../data";
import { count, fixed, significant } from "../format";
import { shownArms } from "../select";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { Num } from "../ui/num";
import { words } from "../words";
import { shareBars } from "./bars";
import { armHistograms, histogramRows, type ArmValues } from "./byarm";
import { whom } from "./whom";

const T = words({
  title: ["How lots were released", "批次放行情况"],
  released: ["released", "放行"],
  "released with exception": ["released with exception", "例外放行"],
  "made again": ["made again", "重新生产"],
  "no product": ["no product", "无产品"],
  caption: [
    "Patients of all {n} replicates by how the lot of their product came about. Made again: the first lot failed and a second one did not. No product: both failed.",
    "全部 {n} 次重复的患者，按其产品批次的产生方式分类。重新生产：首批失败，第二批成功。无产品：两批均失败。",
  ],
  arm: ["arm", "组别"],
  how: ["lot", "批次"],
  patients: ["patients", "患者数"],
  share: ["share", "比例"],
  delayTitle: ["Delay of the cells", "细胞延迟"],
  delay: ["days later than planned", "比计划晚的天数"],
  delayCaption: ["Days by which the cells came later than planned, of the patients whose cells came late.", "细胞晚到的患者，其细胞比计划晚到的天数。"],
  space: [" ", ""],
  qualityTitle: ["What the lots are like", "批次质量"],
  qualityCaption: [
    "What is known of the lot that each patient was given; who was given none is left out. Release tests measure some of it, with their error: these are the true values.",
    "每名患者所用批次的属性；未获得产品者不计入。放行检验带误差地测量其中一部分，此处为真实值。",
  ],
  property: ["property", "属性"],
  later: ["later than planned", "晚于计划"],
  longest: ["longest, days", "最长（天）"],
});

const HOW = ["released", "released with exception", "made again", "no product"] as const;
const name = (how: string) => (HOW.some((h) => h === how) ? T[how as (typeof HOW)[number]] : how);
const withLots = (p: Page) => shownArms(p.model, p.view).filter((a) => p.model.summary.arms[a].lots);

export const lots: FigureSpec = {
  id: "lots",
  title: () => T.title,
  present: (p) => p.model.summary.arms.some((a) => a.lots),
  draw(p, width) {
    const rows = withLots(p).flatMap((a) => {
      const all = Object.entries(p.model.summary.arms[a].lots!), of = all.reduce((n, [, k]) => n + k, 0);
      return all.map(([how, n], i) => ({ head: i ? undefined : p.model.arms[a], label: name(how), colour: p.model.colour(a), n, of }));
    });
    return rows.length ? [shareBars(rows, width)] : [];
  },
  caption: (p) => T.caption.replace("{n}", count(p.model.summary.replicates)),
  table: (p) => ({
    columns: [{ label: T.arm }, { label: T.how }, { label: T.patients, number: true }, { label: T.share, number: true }],
    rows: withLots(p).flatMap((a) => {
      const all = p.model.summary.arms[a].lots!, of = Object.values(all).reduce((n, k) => n + k, 0);
      return Object.entries(all).map(([how, n]) => [p.model.arms[a], name(how), { show: <Num path={`arms.${a}.lots.${how}`} unit="count" />, raw: n }, of ? { show: `${fixed((100 * n) / of, 1)} %`, raw: n / of } : null]);
    }),
  }),
  fixed: true,
};

function delays(p: Page): ArmValues[] {
  const all = p.model.patients;
  if (!all?.patients.has("LOT_DELAY")) return [];
  const x = all.patients.numbers("LOT_DELAY");
  return shownArms(p.model, p.view)
    .map((arm) => ({ arm, values: Float64Array.from(p.selection.rows.filter((r) => all.arm[r] === arm && Number.isFinite(x[r])), (r) => x[r]) }))
    .filter((a) => a.values.length > 0);
}

const late = (p: Page) => delays(p).map((d) => ({ ...d, values: d.values.filter((x) => x > 0) })).filter((d) => d.values.length > 0);

export const lotDelays: FigureSpec = {
  id: "lot-delays",
  title: () => T.delayTitle,
  present: (p) => !!p.model.patients?.patients.has("LOT_DELAY") && p.model.patients.patients.numbers("LOT_DELAY").some((x) => x > 0),
  draw: (p, width) => armHistograms(p, late(p), { unit: "day", label: T.delay }, width),
  caption: (p) => [T.delayCaption, whom(p)].join(T.space),
  table: (p) => histogramRows(p, late(p), "day"),
  beside: (p) => (
    <ul class="beside">
      {delays(p).map((d) => {
        const n = d.values.filter((x) => x > 0).length;
        return <li>{p.model.arms[d.arm]}: {T.later} {count(n)} / {count(d.values.length)} ({fixed((100 * n) / d.values.length, 1)} %); {T.longest} {significant(Math.max(...d.values))}</li>;
      })}
    </ul>
  ),
};

/** Properties that differ between the lots of the patients in this page. */
function qualities(p: Page): LotAttribute[] {
  const table = p.model.patients?.patients, seen = new Map<string, LotAttribute>();
  if (!table) return [];
  for (const product of p.model.run.study.products)
    for (const a of product.lot?.attributes ?? []) {
      if (seen.has(a.name) || !table.has(`LOT_${a.name}`)) continue;
      const values = table.numbers(`LOT_${a.name}`).filter(Number.isFinite);
      if (values.some((x) => x !== values[0])) seen.set(a.name, a);
    }
  return [...seen.values()];
}
const chosen = (p: Page) => qualities(p).find((a) => a.name === p.view.pick["lot-quality"]) ?? qualities(p)[0];
const label = (a: LotAttribute) => a.name.replace(/_/g, " ");

function qualityBy(p: Page): ArmValues[] {
  const a = chosen(p), all = p.model.patients;
  if (!a || !all) return [];
  const x = all.patients.numbers(`LOT_${a.name}`);
  return shownArms(p.model, p.view)
    .map((arm) => ({ arm, values: Float64Array.from(p.selection.rows.filter((r) => all.arm[r] === arm && Number.isFinite(x[r])), (r) => x[r]) }))
    .filter((v) => v.values.length > 0);
}

export const lotQuality: FigureSpec = {
  id: "lot-quality",
  title: () => T.qualityTitle,
  present: (p) => qualities(p).length > 0,
  draw(p, width) {
    const a = chosen(p);
    return a ? armHistograms(p, qualityBy(p), { unit: "1", label: a.unit === "1" ? label(a) : `${label(a)}, ${a.unit}` }, width) : [];
  },
  beside: (p) => (
    <label class="beside">
      {T.property}{" "}
      <select value={chosen(p)?.name} onChange={(e) => p.change({ pick: { ...p.view.pick, "lot-quality": e.currentTarget.value } })}>
        {qualities(p).map((a) => <option value={a.name}>{label(a)}</option>)}
      </select>
      {" "}<span class="note" lang="en">{chosen(p)?.doc}</span>
    </label>
  ),
  caption: (p) => [T.qualityCaption, whom(p)].join(T.space),
  table: (p) => histogramRows(p, qualityBy(p), chosen(p)?.unit ?? ""),
};
