/* Best change of the sum of diameters, patient by patient, with the response rate beside it. */
import * as Plot from "@observablehq/plot";
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import { fixed } from "../format";
import { RESPONSES, score } from "../score/score";
import { shownArms } from "../select";
import { Interval } from "../ui/num";
import { plot } from "../ui/plot";
import { fill, words } from "../words";
import { cutoff, limits, visits } from "./course";
import { drawKey, hatch, layoutKey, type KeyItem } from "./key";
import { remember } from "./remember";
import { Share } from "./share";
import { evenly, fileNames, sentences, whom } from "./whom";

const T = words({
  title: ["Best change of the tumour (waterfall)", "肿瘤最佳变化（瀑布图）"],
  axis: ["best change, %", "最佳变化，%"],
  n: ["{n} of {all} patients with an image", "{all} 名患者中 {n} 名有影像评估"],
  thinned: ["drawn: {n}, evenly chosen", "均匀选取 {n} 名绘出"],
  partial: ["partial response", "部分缓解"],
  progression: ["progression", "进展"],
  newLesion: ["progressed by a new lesion", "因新病灶进展"],
  beyond: ["higher than the axis", "超出坐标轴"],
  caption: [
    "Each bar is one simulated patient with an image after baseline: the smallest sum of diameters, as change from baseline. The bar's filling is the best overall response. Progression is judged against the smallest earlier sum and new lesions, so bars below the upper line can be progressions.",
    "每根柱代表一名基线后有影像评估的模拟患者：直径总和相对基线的最佳变化。柱的填充表示最佳总体疗效。进展以此前最小总和及新病灶判断，因此低于上方参考线的柱也可能为进展。",
  ],
  overstates: [
    "A waterfall looks better than the response rate: patients without an image have no bar, and a response of one image need not last. In 97 published trials bars beyond the line were 6.1 points (median) more than the response rate of the investigators (Kim and Prasad 2019, JAMA Netw Open, doi:10.1001/jamanetworkopen.2019.3981). Read the rates above.",
    "瀑布图看起来优于缓解率：无影像评估者没有柱，单次影像上的缓解未必持续。在 97 项已发表试验中，图上达到缓解线的比例比研究者评估的缓解率高 6.1 个百分点（中位数；Kim 与 Prasad 2019，JAMA Netw Open，doi:10.1001/jamanetworkopen.2019.3981）。请以上方缓解率为准。",
  ],
  lugano: ["Lines by Lugano: −50 % and +50 % of the product of diameters.", "参考线按 Lugano 标准：直径乘积 −50 % 与 +50 %。"],
  arm: ["arm", "组别"],
  change: ["best change, %", "最佳变化，%"],
  best: ["best response", "最佳疗效"],
  fresh: ["new lesion", "新病灶"],
  yes: ["yes", "是"],
  no: ["no", "否"],
  orr: ["ORR without confirmation, all replicates", "未经确认的客观缓解率（ORR），全部重复"],
  orrConfirmed: ["confirmed ORR, all replicates", "确认的客观缓解率（ORR），全部重复"],
  here: ["these patients: ORR, exact 95 % interval", "图中患者：ORR，95 % 精确区间"],
  hereConfirmed: ["these patients: confirmed ORR", "图中患者：确认的 ORR"],
  hereUnconfirmed: ["these patients: ORR without confirmation", "图中患者：未经确认的 ORR"],
  barsBelow: ["bars at {x} % or lower", "达到 {x} % 的柱"],
  rates: ["Response rates beside the bars", "与瀑布图并列的缓解率"],
});

interface Bar {
  row: number; // of patients; -1: known from the summary only
  arm: number;
  change: number;
  best: string;
  fresh: boolean;
}

/** Bars of the patients that are looked at; without patients in the page those of the summary, the first replicate's. */
const bars = remember((p: Page): Bar[] => {
  const s = p.scores, { model } = p;
  const cut = cutoff(p.view);
  const list = s
    ? p.selection.rows.filter((r) => Number.isFinite(s.change[r])).map((r) => ({ row: r, arm: model.patients!.arm[r], change: s.change[r], best: RESPONSES[s.best[r]] ?? "", fresh: visits(model, r, cut).some((v) => v.newLesion) }))
    : model.summary.waterfall.flatMap((w) => w.change.map((change, i) => ({ row: -1, arm: model.armIndex(w.arm), change, best: w.best[i], fresh: w.new_lesion[i] === 1 })));
  return list.filter((b) => shownArms(model, p.view).includes(b.arm)).sort((a, b) => a.arm - b.arm || b.change - a.change || a.row - b.row);
});

const OPACITY: Record<string, number> = { CR: 1, PR: 0.72, SD: 0.35, NE: 0 };

function keyOf(colour: string, patternId: string, list: Bar[], dense: boolean, beyond: boolean): KeyItem[] {
  const seen = RESPONSES.filter((r) => list.some((b) => b.best === r));
  const items: KeyItem[] = seen.map((r) => ({ text: r, sign: "box", colour, ...(r === "PD" ? { fill: `url(#${patternId})` } : { fill: colour, opacity: OPACITY[r] }) }));
  if (list.some((b) => b.fresh)) items.push(dense ? { text: T.newLesion, sign: "tick" } : { text: T.newLesion, sign: "text", glyph: "*" });
  if (beyond) items.push({ text: T.beyond, sign: "triangle" });
  return items;
}

interface Drawn extends Bar {
  i: number;
  top: number; // where the bar ends on the axis
}

function star(list: Drawn[], dy: number): Plot.Text {
  return Plot.text(list, { x: "i", y: "top", text: () => "*", dy, fontSize: 15, fill: "currentColor" });
}

function marks(shown: Drawn[], colour: string, patternId: string, dense: boolean, top: number, p: Page): Plot.Markish[] {
  const { shrink, grow } = limits(p);
  const tip = (b: Drawn) => `${fixed(b.change, 1)} %\n${T.best}: ${b.best}${b.fresh ? `\n${T.newLesion}` : ""}`;
  const group = (r: string) => shown.filter((b) => b.best === r);
  const common = { x: "i", y: "top", insetLeft: dense ? 0 : 0.5, insetRight: dense ? 0 : 0.5 } as const;
  const fresh = shown.filter((b) => b.fresh);
  return [
    ...["CR", "PR", "SD", "NE"].map((r) => Plot.barY(group(r), { ...common, fill: colour, fillOpacity: OPACITY[r], stroke: dense && r !== "NE" ? undefined : colour, strokeWidth: dense ? 0.4 : 0.8 })),
    Plot.barY(group("PD"), { ...common, fill: `url(#${patternId})`, stroke: dense ? undefined : colour, strokeWidth: 0.8 }),
    Plot.ruleY([0]),
    Plot.ruleY([shrink, grow], { strokeDasharray: "5 4", stroke: "currentColor" }),
    Plot.text([shrink], { y: (d: number) => d, text: (d: number) => `${fixed(d, 0).replace("-", "−")} % ${T.partial}`, frameAnchor: "left", dx: 4, dy: 9, textAnchor: "start", stroke: "var(--ground)", strokeWidth: 4, fill: "currentColor" }),
    Plot.text([grow], { y: (d: number) => d, text: (d: number) => `+${fixed(d, 0)} % ${T.progression}`, frameAnchor: "right", dx: -4, dy: -9, textAnchor: "end", stroke: "var(--ground)", strokeWidth: 4, fill: "currentColor" }),
    ...(dense ? [Plot.ruleX(fresh, { x: "i", y1: -101, y2: -108, stroke: "currentColor" })] : [star(fresh.filter((b) => b.top >= 0), -3), star(fresh.filter((b) => b.top < 0), 11)]),
    Plot.dot(shown.filter((b) => b.change > top), { x: "i", y: top, symbol: "triangle", r: 3.5, fill: "currentColor", dy: -5 }),
    Plot.tip(shown, Plot.pointerX({ x: "i", y: "top", title: tip })),
  ];
}

function panel(p: Page, arm: number, mine: Bar[], top: number, width: number): SVGSVGElement {
  const colour = p.model.colour(arm), patternId = `waterfall-hatch-${arm}`;
  const shown: Drawn[] = evenly(mine, Math.floor((width - 70) / 2)).map((b, i) => ({ ...b, i, top: Math.min(b.change, top) }));
  const dense = (width - 70) / shown.length < 4.5;
  const all = p.selection.rows.filter((r) => p.model.patients?.arm[r] === arm).length || mine.length;
  const head: KeyItem[] = [{ text: p.model.arms[arm], sign: "band", colour, bold: true }, { text: fill(T.n, { n: mine.length, all }), sign: "none" }];
  if (shown.length < mine.length) head.push({ text: fill(T.thinned, { n: shown.length }), sign: "none" });
  const key = keyOf(colour, patternId, shown, dense, shown.some((b) => b.change > top));
  const rows = [layoutKey(head, 0, width).height, layoutKey(key, 0, width).height];
  const svg = plot({
    width, height: 250 + rows[0] + rows[1], marginTop: rows[0] + rows[1] + 16, marginBottom: 14, marginRight: 8,
    x: { axis: null, type: "band", domain: shown.map((b) => b.i), padding: 0 },
    y: { label: T.axis, labelAnchor: "center", labelArrow: "none", domain: [dense ? -108 : -104, top], ticks: [-100, -80, -60, -40, -20, 0, 20, 40, 60, 80, 100].filter((t) => t <= top), grid: true },
    marks: marks(shown, colour, patternId, dense, top, p),
  });
  hatch(svg, patternId, colour);
  drawKey(svg, head, 0, width, 2);
  drawKey(svg, key, 0, width, rows[0] + 2);
  return svg;
}

/** Responders by patient row, with and without the confirmation of a response; null where the page has no visits to score from. */
const responders = remember((p: Page): { confirmed: Uint8Array; unconfirmed: Uint8Array } | null => {
  if (!p.scores || !p.model.patients?.visits.n) return null;
  const of = (confirm: boolean) => Uint8Array.from(score(p.model, { ...p.view.rules, confirm }).best, (b) => (b <= 1 ? 1 : 0));
  return { confirmed: of(true), unconfirmed: of(false) };
});

function RateRow({ page: p, arm }: { page: Page; arm: number }) {
  const { model, scores: s } = p, { endpoints } = model.summary.arms[arm], { shrink } = limits(p);
  const k = endpoints.findIndex((e) => e.endpoint === "ORR" && e.label === undefined), path = `arms.${arm}.endpoints.${k}`;
  const [low, high] = endpoints[k]?.low !== undefined ? ["low", "high"] : ["q025", "q975"];
  const mine = p.selection.rows.filter((r) => model.patients?.arm[r] === arm), both = responders(p);
  const list = bars(p).filter((b) => b.arm === arm);
  return (
    <tr>
      <th scope="row">{model.arms[arm]}</th>
      {p.selection.source === "summary" && <td>{k >= 0 && <Interval x={`${path}.mean`} low={`${path}.${low}`} high={`${path}.${high}`} unit="share" />}</td>}
      {both && <td><Share k={mine.filter((r) => both.confirmed[r]).length} n={mine.length} /></td>}
      {both && <td><Share k={mine.filter((r) => both.unconfirmed[r]).length} n={mine.length} /></td>}
      {s && !both && <td><Share k={mine.filter((r) => s.best[r] <= 1).length} n={mine.length} /></td>}
      <td><Share k={list.filter((b) => b.change <= shrink + 1e-9).length} n={list.length} bare /></td>
    </tr>
  );
}

/** Response rates of each arm: over all replicates, of the patients drawn, and what the eye reads from the bars. */
function Rates({ page: p }: { page: Page }) {
  const { model } = p, both = responders(p);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={T.rates}>
      <table>
        <thead>
          <tr>
            <th scope="col">{T.arm}</th>
            {p.selection.source === "summary" && <th scope="col">{model.run.study.assess.confirm ? T.orrConfirmed : T.orr}</th>}
            {both && <th scope="col">{T.hereConfirmed}</th>}
            {both && <th scope="col">{T.hereUnconfirmed}</th>}
            {p.scores && !both && <th scope="col">{T.here}</th>}
            <th scope="col">{fill(T.barsBelow, { x: fixed(limits(p).shrink, 0).replace("-", "−") })}</th>
          </tr>
        </thead>
        <tbody>{shownArms(model, p.view).map((arm) => <RateRow page={p} arm={arm} />)}</tbody>
      </table>
    </div>
  );
}

export const waterfall: FigureSpec = {
  id: "waterfall",
  title: () => T.title,
  present: (p) => (p.model.patients ? p.model.patients.patients.numbers("PCHG_BEST").some(Number.isFinite) : p.model.summary.waterfall.some((w) => w.change.length > 0)),
  beside: (p) => <Rates page={p} />,
  draw(p, width) {
    const all = bars(p);
    const top = Math.min(100, Math.max(40, ...all.map((b) => Math.ceil(b.change / 10) * 10)));
    return shownArms(p.model, p.view).flatMap((arm) => {
      const mine = all.filter((b) => b.arm === arm);
      return mine.length ? [panel(p, arm, mine, top, width)] : [];
    });
  },
  caption: (p) => sentences(T.caption, p.model.run.study.assess.criteria === "Lugano" && T.lugano, whom(p), T.overstates),
  table: (p) => ({
    columns: [{ label: "REPLICATE", number: true }, { label: "PATIENT", number: true }, { label: T.arm }, { label: T.change, number: true }, { label: T.best }, { label: T.fresh }],
    rows: bars(p).map((b) => {
      const who = p.model.patients && b.row >= 0 ? fileNames(p.model.patients, b.row) : null;
      return [who?.replicate ?? 0, who?.patient ?? null, p.model.arms[b.arm], { show: fixed(b.change, 1), raw: b.change }, b.best, b.fresh ? T.yes : T.no];
    }),
  }),
};
