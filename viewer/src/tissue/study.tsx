/* A study: its figure, the answers at the end, what the variants change. */
import * as Plot from "@observablehq/plot";
import { pvalue, significant, unitText } from "../format";
import { COLOURS, DASHES } from "../model";
import { FigureOf, type FigureSpec } from "../ui/figure";
import { plot } from "../ui/plot";
import { DataTable, type Cell, type TableData } from "../ui/table";
import { fill, words } from "../words";
import { useTissue, type Tissue } from "./context";
import type { Study } from "./data";
import { timeUnit } from "./format";

const T = words({
  outcome: ["Outcome", "结局"],
  caption: ["Mean over {n} seeds by variant; the band reaches from the lowest to the highest seed. {sentence}", "各变体在 {n} 个随机种子上的平均值；色带为最低至最高。{sentence}"],
  captionOne: ["One seed for each variant. {sentence}", "每个变体一个随机种子。{sentence}"],
  minute: ["time (min)", "时间（分钟）"],
  variant: ["Variant", "变体"],
  seed: ["seed", "种子"],
  value: ["value", "数值"],
  answers: ["At the end", "最终结果"],
  answersNote: ["Mean over seeds with its 95 % t interval; differences to {base} are paired by seed.", "各种子的平均值及 95 % t 区间；与 {base} 的差值按种子配对。"],
  n: ["seeds", "种子数"],
  mean: ["mean [95 % interval]", "平均值 [95 % 区间]"],
  difference: ["difference to {base}", "与 {base} 的差值"],
  p: ["p", "p"],
  changes: ["What the variants change", "各变体的改动"],
  key: ["key", "键"],
  was: ["was", "原为"],
  is: ["is", "改为"],
  absent: ["not there", "无"],
});

interface Point {
  minute: number;
  mean: number;
  low: number;
  high: number;
}
/** Mean and range over seeds at each moment at which any has a value. */
export function overSeeds(study: Study, outcome: string, variant: string): Point[] {
  const at = new Map<number, number[]>();
  for (const s of study.series) {
    if (s.outcome !== outcome || s.variant !== variant) continue;
    s.minute.forEach((m, i) => {
      const v = s.value[i];
      if (v !== null && Number.isFinite(v)) at.set(m, [...(at.get(m) ?? []), v]);
    });
  }
  return [...at].sort((a, b) => a[0] - b[0]).map(([minute, v]) => ({ minute, mean: v.reduce((s, x) => s + x, 0) / v.length, low: Math.min(...v), high: Math.max(...v) }));
}
/** The outcome that the figure begins with: that of the file's own figure, else the first. */
const first = (s: Study): string => s.figure?.outcome ?? s.outcomes[0]?.name ?? "";
const chosen = (p: Tissue): string => {
  const s = p.data.study!;
  return s.outcomes.some((o) => o.name === p.view.outcome) ? p.view.outcome! : first(s);
};
const titleOf = (s: Study, name: string): string => s.outcomes.find((o) => o.name === name)?.title ?? name;
const unitOf = (s: Study, name: string): string => unitText(s.outcomes.find((o) => o.name === name)?.unit ?? "1");
/** A base without a title of its own has that of the study, which says nothing beside other variants. */
function nameOf(s: Study, variant: string): string {
  const title = s.variants.find((v) => v.name === variant)?.title;
  return title && title !== s.title ? title : variant;
}

function OutcomeChoice() {
  const t = useTissue(), s = t.data.study!;
  if (s.outcomes.length < 2) return null;
  return <p class="beside"><label>{T.outcome}{" "}<select value={chosen(t)} onChange={(e) => t.change({ outcome: e.currentTarget.value === first(s) ? null : e.currentTarget.value })}>{s.outcomes.map((o) => <option value={o.name}>{o.title ?? o.name}</option>)}</select></label></p>;
}

const studyFigure: FigureSpec<Tissue> = {
  id: "outcome",
  title: () => T.outcome,
  present: (p) => p.data.study !== undefined,
  beside: () => <OutcomeChoice />,
  draw: (p, width) => {
    const s = p.data.study!, outcome = chosen(p), unit = timeUnit(Math.max(...p.data.runs.map((r) => r.planned), 1));
    const lines = s.variants.map((v, i) => ({ name: v.name, i, points: overSeeds(s, outcome, v.name) })).filter((l) => l.points.length);
    if (!lines.length) return [];
    const rows = lines.flatMap((l) => l.points.map((q) => ({ ...q, x: q.minute / unit.minutes, i: l.i }))), label = titleOf(s, outcome), u = unitOf(s, outcome);
    const low = Math.min(0, ...rows.map((r) => r.low)), high = Math.max(...rows.map((r) => r.high)), gap = (16 * (high - low || 1)) / 240;
    const ends = lines.map((l) => ({ i: l.i, name: nameOf(s, l.name), x: l.points[l.points.length - 1].minute / unit.minutes, y: l.points[l.points.length - 1].mean })).sort((a, b) => a.y - b.y);
    for (let i = 1; i < ends.length; i++) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + gap);
    const right = Math.min(0.35 * width, 24 + 7.2 * Math.max(...ends.map((e) => e.name.length)));
    return [plot({
      width, height: 320, marginRight: right, marginTop: 28, marginBottom: 40, marginLeft: 68,
      x: { label: unit.name, labelAnchor: "center", labelArrow: "none" }, y: { label: u ? `${label} (${u})` : label, grid: true, zero: true, labelArrow: "none", tickFormat: (y: number) => significant(y) },
      marks: [
        Plot.ruleY([0]),
        lines.map((l) => Plot.areaY(rows.filter((r) => r.i === l.i), { x: "x", y1: "low", y2: "high", fill: COLOURS[l.i % COLOURS.length], fillOpacity: 0.13 })),
        lines.map((l) => Plot.lineY(rows.filter((r) => r.i === l.i), { x: "x", y: "mean", stroke: COLOURS[l.i % COLOURS.length], strokeWidth: 2.2, strokeDasharray: DASHES[l.i % DASHES.length] })),
        Plot.dot(ends, { x: "x", y: "y", dx: 9, r: 4, fill: (e: { i: number }) => COLOURS[e.i % COLOURS.length] }),
        Plot.text(ends, { x: "x", y: "y", text: "name", dx: 17, textAnchor: "start", fontSize: 12.5 }),
      ],
    })];
  },
  caption: (p) => {
    const s = p.data.study!;
    return fill(s.seeds.length > 1 ? T.caption : T.captionOne, { n: s.seeds.length, sentence: s.figure && chosen(p) === s.figure.outcome ? s.figure.sentence : "" });
  },
  table: (p): TableData => {
    const s = p.data.study!, outcome = chosen(p);
    const rows = s.series.filter((x) => x.outcome === outcome).flatMap((x) => x.minute.map((m, i): Cell[] => [x.variant, x.seed, m, x.value[i]]));
    return { columns: [{ label: T.variant }, { label: T.seed }, { label: T.minute, number: true }, { label: T.value, number: true }], rows };
  },
};

const number = (x: number | null, mark: Record<string, string>): preact.JSX.Element => <data value={x === null ? "" : String(x)} {...mark}>{x === null ? "–" : significant(x)}</data>;

function Answers() {
  const s = useTissue().data.study!, base = nameOf(s, s.variants[0]?.name ?? "");
  return (
    <>
      <h3>{T.answers}</h3>
      {s.outcomes.map((o) => {
        const rows = s.answers.filter((a) => a.outcome === o.name), unit = unitText(o.unit);
        if (!rows.length) return null;
        const data: TableData = {
          columns: [{ label: T.variant }, { label: T.n, number: true }, { label: `${T.mean}${unit ? ` (${unit})` : ""}`, number: true }, { label: fill(T.difference, { base }), number: true }, { label: T.p, number: true }],
          rows: rows.map((a): Cell[] => {
            const mark = (what: string) => ({ "data-answer": `${a.outcome}.${a.variant}.${what}` }), d = a.difference;
            return [
              nameOf(s, a.variant), a.n,
              { show: <>{number(a.mean, mark("mean"))} {a.low !== null && <span class="interval">[{number(a.low, mark("low"))}, {number(a.high, mark("high"))}]</span>}</>, raw: a.mean },
              d ? { show: <>{d.mean !== null && d.mean > 0 ? "+" : ""}{number(d.mean, mark("difference.mean"))} {d.low !== null && <span class="interval">[{number(d.low, mark("difference.low"))}, {number(d.high, mark("difference.high"))}]</span>}</>, raw: d.mean } : null,
              d && d.p !== null ? { show: pvalue(d.p), raw: d.p } : null,
            ];
          }),
        };
        return <DataTable data={data} caption={o.title ?? o.name} />;
      })}
      <p class="note">{fill(T.answersNote, { base })}</p>
    </>
  );
}

function Changes() {
  const s = useTissue().data.study!, rows = s.variants.flatMap((v) => v.changes.map((c): Cell[] => [v.title ?? v.name, c.key, c.was ?? T.absent, c.is ?? T.absent]));
  if (!rows.length) return null;
  return <><h3>{T.changes}</h3><DataTable data={{ columns: [{ label: T.variant }, { label: T.key }, { label: T.was }, { label: T.is }], rows }} label={T.changes} /></>;
}

export function StudyView() {
  const t = useTissue(), s = t.data.study!;
  return (
    <>
      {s.figure && <p class="answer">{s.figure.sentence}</p>}
      {s.outcomes.length > 0 && <FigureOf spec={studyFigure} page={t} whose={s.name} depends={[t.data, t.view.outcome, t.view.language, t.view.theme]} />}
      <Answers />
      <Changes />
    </>
  );
}
