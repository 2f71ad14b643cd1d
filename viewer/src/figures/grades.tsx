/* Toxicity: worst grades, counted events, and grades by day. */
import * as Plot from "@observablehq/plot";
import type { FigureSpec } from "../ui/figure";
import { usePage, type Page } from "../ui/context";
import { count, fixed } from "../format";
import { harmShort } from "../names";
import { Interval, Num } from "../ui/num";
import { plot } from "../ui/plot";
import type { Cell, TableData } from "../ui/table";
import { fill, words } from "../words";
import { atLeast, countedEvents, gradesByDay, harms, hasByDay, total, type ByDay, type Harm } from "./grade_data";
import { drawKey, layoutKey, type KeyItem } from "./key";
import { levelTime } from "./level_draw";
import { Share } from "./share";
import { sentences, whom } from "./whom";

const T = words({
  worst: ["Toxicity: worst grade and events", "毒性：最高分级与事件"],
  daily: ["Toxicity by day", "每日毒性分级"],
  grade: ["grade {g}", "{g} 级"],
  without: ["none", "无"],
  event: ["with the event", "发生该事件"],
  share: ["patients, %", "患者，%"],
  row: ["{arm}, n {n}", "{arm}，n {n}"],
  panel: ["{grade}, {arm}", "{grade}，{arm}"],
  none: ["none seen", "未见"],
  harm: ["toxicity or event", "毒性或事件"],
  arm: ["arm", "组别"],
  n: ["patients", "患者数"],
  any: ["any grade", "任何级别"],
  severe: ["grade 3 or more", "3 级及以上"],
  noneSeen: ["one trial of {n} patients that sees none cannot exclude up to", "{n} 名患者的单次试验未见时，不能排除的比例最高为"],
  noneOf: ["Seen in nobody: {list}.", "未见于任何患者：{list}。"],
  stop: [".", "。"],
  colon: [": ", "："],
  comma: [", ", "、"],
  semicolon: ["; ", "；"],
  eachArm: ["Each arm", "每组"],
  together: ["all shown arms, n {n}", "所示全部组别，n {n}"],
  trials: ["single trials (central 95 %):", "单次试验（中间 95 %）："],
  day: ["day", "天"],
  since: ["day after the first dose of cells", "首次细胞给药后天数"],
  counts: ["Shares with toxicities and events", "毒性与事件的比例"],
  summary: ["Worst grade of each patient of all {n} replicates together who was looked at after a dose of cells or when blood was taken. In brackets the exact 95 % interval of all these patients: how precisely the simulation knows its own share. Below it what single trials of this size show, given all that is unknown.", "全部 {n} 次重复中在细胞给药后或采血时接受评估的每名患者的最高分级。方括号内为全部患者的 95 % 精确区间，反映模拟对自身比例的精度；其下为在全部未知因素下同等规模单次试验的范围。"],
  here: ["Worst grade of each patient, with exact 95 % intervals.", "每名患者的最高分级，附 95 % 精确区间。"],
  events: ["Share of the patients of all {n} replicates together who had the event, with the exact 95 % interval of all these patients; below it what single trials of this size show, given all that is unknown.", "全部 {n} 次重复中发生该事件的患者比例，附全部患者的 95 % 精确区间；其下为在全部未知因素下同等规模单次试验的范围。"],
  eventsHere: ["Share of patients who had the event, with the exact 95 % interval.", "发生该事件的患者比例，附 95 % 精确区间。"],
  cutoff: ["Worst grades are those of the whole run: they do not know the cut-off.", "最高分级取自整个运行，不受截止日期影响。"],
  rule: ["A trial that sees none can only exclude shares above about 3 divided by its number of patients (95 %).", "未见任何一例的试验，仅能排除高于约 3 除以患者数的比例（95 %）。"],
  model: ["Grades are what the model makes of cytokine levels; no clinician has graded anybody.", "分级由模型根据细胞因子水平推算，并非临床医师评定。"],
  dailySummary: ["Share of patients with each grade on the days after the first dose of cells, of all {n} replicates; grade 0 is left blank. Filters and rules do not act here.", "全部 {n} 次重复中首次细胞给药后各日各级患者的比例；0 级留白。筛选与规则在此不起作用。"],
  dailyHere: ["Share of patients with each grade on the days of blood sampling; grade 0 is left blank.", "采血日各级患者的比例；0 级留白。"],
  alive: ["Of those who are alive and looked at on the day.", "以当日存活并接受评估者为分母。"],
});

/** From light to dark; the last is told from the dark page by its outline. */
const FILL = ["var(--panel)", "#fed976", "#fd8d3c", "#d7301f", "#8a0012", "#26000a", "#4a6fa5"];
const INK = ["currentColor", "#000", "#000", "#fff", "#fff", "#fff", "#fff"];
const EVENT = 6; // counted events have no grade
const gradeText = (g: number) => (g === EVENT ? T.event : g === 0 ? T.without : fill(T.grade, { g }));

function keyOf(seen: number[]): KeyItem[] {
  return seen.map((g) => ({ text: gradeText(g), sign: "box", fill: FILL[g], colour: "var(--soft)" }));
}

/* ---- worst grades ---- */
interface Part {
  y: number;
  grade: number;
  x1: number;
  x2: number;
}
const LINE = 40, HEAD = 24, BAR = 15; // px

interface Layout {
  parts: Part[];
  heads: { y: number; text: string }[];
  rows: { y: number; text: string; none: boolean }[];
  height: number;
}
function layout(p: Page, list: Harm[]): Layout {
  const out: Layout = { parts: [], heads: [], rows: [], height: 0 };
  for (const h of list) {
    out.heads.push({ y: out.height + HEAD / 2 + 2, text: harmShort(h.grade) });
    out.height += HEAD;
    // Where nobody has any, arms do not differ.
    const arms = someHave(h) ? h.arms : [{ ...h.arms[0], patients: [total(h.arms.flatMap((a) => a.patients)), 0, 0, 0, 0, 0] }];
    for (const a of arms) {
      const n = total(a.patients), y = out.height + LINE - 12;
      out.rows.push({ y, text: fill(arms.length < h.arms.length ? T.together : T.row, { arm: p.model.arms[a.arm], n: count(n) }), none: atLeast(a.patients, 1) === 0 });
      let x = 0;
      a.patients.forEach((k, grade) => {
        if (!k) return;
        out.parts.push({ y, grade, x1: (100 * x) / n, x2: (100 * (x + k)) / n });
        x += k;
      });
      out.height += LINE;
    }
  }
  return out;
}

function drawWorst(p: Page, width: number): SVGSVGElement[] {
  const events = countedEvents(p).map((e): Harm => ({ grade: e.event, arms: e.arms.map((a) => ({ arm: a.arm, path: a.path, patients: [a.of - a.with, 0, 0, 0, 0, 0, a.with] })) }));
  const looked = [...harms(p), ...events].filter((h) => h.arms.some((a) => total(a.patients) > 0));
  // What nobody has is told above; a figure of nothing else shows that.
  const list = looked.some(someHave) ? looked.filter(someHave) : looked;
  if (!list.length) return [];
  const l = layout(p, list);
  const key = keyOf(FILL.map((_, g) => g).filter((g) => l.parts.some((d) => d.grade === g)));
  const top = layoutKey(key, 0, width).height + 8;
  const wide = (d: Part) => ((d.x2 - d.x1) / 100) * (width - 30) > 44;
  const bar = { x1: "x1", x2: "x2", y1: (d: Part) => d.y - BAR / 2, y2: (d: Part) => d.y + BAR / 2 } as const;
  const shareText = (d: Part) => `${fixed(d.x2 - d.x1, 1)} %`;
  const svg = plot({
    width, height: l.height + top + 44, marginTop: top, marginBottom: 44, marginLeft: 12, marginRight: 18,
    x: { domain: [0, 100], label: T.share, labelAnchor: "center", labelArrow: "none", ticks: width > 500 ? 10 : 5 },
    y: { domain: [0, l.height], reverse: true, axis: null },
    marks: [
      Plot.rect(l.parts, { ...bar, fill: (d: Part) => FILL[d.grade], stroke: "var(--soft)", strokeWidth: 0.6 }),
      ...FILL.map((_, g) => Plot.text(l.parts.filter((d) => d.grade === g && wide(d)), { x: (d: Part) => (d.x1 + d.x2) / 2, y: "y", text: shareText, fill: INK[g], fontSize: 11 })),
      Plot.text(l.heads, { x: 0, y: "y", text: "text", textAnchor: "start", fontWeight: 600, fill: "currentColor" }),
      Plot.text(l.rows, { x: 0, y: (d: { y: number }) => d.y - BAR / 2 - 8, text: (d: Layout["rows"][number]) => (d.none ? `${d.text}: ${T.none}` : d.text), textAnchor: "start", fill: "currentColor", fontSize: 12 }),
      Plot.tip(l.parts, Plot.pointer({ x: (d: Part) => (d.x1 + d.x2) / 2, y: "y", title: (d: Part) => `${gradeText(d.grade)}: ${shareText(d)}` })),
    ],
  });
  drawKey(svg, key, 0, width, 2);
  return [svg];
}

const someHave = (h: Harm): boolean => h.arms.some((a) => atLeast(a.patients, 1) > 0);

/** Below a share of all replicates: what single trials show, and, where nobody has it, what one trial cannot exclude. */
function Beneath({ arm, label, path, none }: { arm: number; label: string; path: string; none: boolean }) {
  const p = usePage();
  const { endpoints, size } = p.model.summary.arms[arm];
  const k = endpoints.findIndex((e) => e.label === label && e.at_day === undefined);
  const measure = k >= 0 ? endpoints[k] : null, at = `arms.${arm}.endpoints.${k}`;
  if (none) return <div class="beneath">{fill(T.noneSeen, { n: size })} <Num path={`${path}.upper_if_none`} unit="share" /></div>;
  if (!measure || measure.q025 === null || measure.q975 === null) return null;
  return <div class="beneath">{T.trials} <Num path={`${at}.q025`} unit="share" like={measure.q025} />–<Num path={`${at}.q975`} unit="share" /></div>;
}

function ShareCell({ arm, label, path, k, n }: { arm: number; label: string; path: string | null; k: number; n: number }) {
  if (!path) return <Share k={k} n={n} />;
  return <><Interval x={`${path}.share`} low={`${path}.low`} high={`${path}.high`} unit="share" /><Beneath arm={arm} label={label} path={path} none={k === 0} /></>;
}

/** What nobody has, in one sentence, with what a trial of each arm's size cannot exclude. */
function NoneSeen({ page: p }: { page: Page }) {
  const grades = harms(p).filter((h) => h.arms.length > 0 && !someHave(h)), events = countedEvents(p).filter((e) => e.arms.length > 0 && e.arms.every((a) => a.with === 0));
  const names = [...grades.map((h) => h.grade), ...events.map((e) => e.event)].map(harmShort);
  const first = grades[0]?.arms.map((a) => ({ arm: a.arm, n: total(a.patients), path: a.path && `${a.path}.any` })) ?? events[0]?.arms.map((a) => ({ arm: a.arm, n: a.of, path: a.path }));
  if (!first) return null;
  const size = (arm: number) => p.model.summary.arms[arm].size;
  const alike = first.length > 1 && first.every((a) => a.path && size(a.arm) === size(first[0].arm));
  return (
    <p class="beneath-all">{fill(T.noneOf, { list: names.join(T.comma) })}{" "}
      {(alike ? first.slice(0, 1) : first).map((a, i) => (
        <>
          {i > 0 && T.semicolon}{alike ? T.eachArm : p.model.arms[a.arm]}{T.colon}{a.path ? <>{fill(T.noneSeen, { n: size(a.arm) })} <Num path={`${a.path}.upper_if_none`} unit="share" /></> : <Share k={0} n={a.n} />}
        </>
      ))}{T.stop}
    </p>
  );
}

function Counts() {
  const p = usePage();
  const graded = harms(p).some(someHave);
  const any = graded || countedEvents(p).some((e) => e.arms.some((a) => a.with > 0));
  return (
    <div class="table" tabIndex={0} role="region" aria-label={T.counts}>
      {any && <table>
        <thead>
          <tr><th scope="col">{T.harm}</th><th scope="col">{T.arm}</th><th scope="col">{graded ? T.any : T.share}</th>{graded && <th scope="col">{T.severe}</th>}</tr>
        </thead>
        <tbody>
          {harms(p).filter((h) => someHave(h)).flatMap((h) => h.arms.map((a, i) => (
            <tr>
              <th scope="row">{i === 0 ? harmShort(h.grade) : ""}</th><td>{p.model.arms[a.arm]}</td>
              <td><ShareCell arm={a.arm} label={`${h.grade} >= 1`} path={a.path && `${a.path}.any`} k={atLeast(a.patients, 1)} n={total(a.patients)} /></td>
              <td><ShareCell arm={a.arm} label={`${h.grade} >= 3`} path={a.path && `${a.path}.severe`} k={atLeast(a.patients, 3)} n={total(a.patients)} /></td>
            </tr>
          )))}
          {countedEvents(p).filter((e) => e.arms.some((a) => a.with > 0)).flatMap((e) => e.arms.map((a, i) => (
            <tr>
              <th scope="row">{i === 0 ? harmShort(e.event) : ""}</th><td>{p.model.arms[a.arm]}</td>
              <td><ShareCell arm={a.arm} label={`event ${e.event}`} path={a.path} k={a.with} n={a.of} /></td>{graded && <td />}
            </tr>
          )))}
        </tbody>
      </table>}
      <NoneSeen page={p} />
    </div>
  );
}

function worstTable(p: Page): TableData {
  return {
    columns: [{ label: T.harm }, { label: T.arm }, { label: T.n, number: true }, ...[0, 1, 2, 3, 4, 5].map((g) => ({ label: fill(T.grade, { g }), number: true })), { label: T.event, number: true }],
    rows: [
      ...harms(p).flatMap((h) => h.arms.map((a): Cell[] => [
        harmShort(h.grade), p.model.arms[a.arm], total(a.patients),
        ...a.patients.map((k, g): Cell => ({ show: a.path ? <Num path={`${a.path}.worst.${g}`} unit="count" /> : count(k), raw: k })), null,
      ])),
      ...countedEvents(p).flatMap((e) => e.arms.map((a): Cell[] => [
        harmShort(e.event), p.model.arms[a.arm], a.of, null, null, null, null, null, null, { show: a.path ? <Num path={`${a.path}.with`} unit="count" /> : count(a.with), raw: a.with },
      ])),
    ],
  };
}

export const worstGrades: FigureSpec = {
  id: "grades",
  title: () => T.worst,
  present: (p) => p.model.summary.grades.length + p.model.summary.events.length > 0,
  beside: () => <Counts />,
  draw: drawWorst,
  caption(p) {
    const summary = p.selection.source === "summary";
    if (!p.model.summary.grades.length) return sentences(summary ? fill(T.events, { n: count(p.model.summary.replicates) }) : T.eventsHere, !summary && whom(p), summary && T.rule);
    return sentences(summary ? fill(T.summary, { n: count(p.model.summary.replicates) }) : T.here, !summary && whom(p), !summary && p.view.rules.cutoff !== null && T.cutoff, summary && T.rule, T.model);
  },
  table: worstTable,
};

/* ---- grades by day ---- */
interface Bar {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
  grade: number;
  text: string;
}
function barsOf(d: ByDay, scale: (day: number) => number): Bar[] {
  const gaps = d.day.slice(1).map((x, i) => x - d.day[i]);
  const half = 0.45 * Math.min(1e9, ...gaps, 7);
  return d.day.flatMap((day, i) => {
    const n = total(d.patients[i]);
    let y = 0;
    return [5, 4, 3, 2, 1].flatMap((grade): Bar[] => {
      const share = n ? (100 * d.patients[i][grade]) / n : 0;
      if (!share) return [];
      y += share;
      return [{ x1: scale(day - half), x2: scale(day + half), y1: y - share, y2: y, grade, text: `${T.day} ${day}\n${gradeText(grade)}: ${fixed(share, 1)} %\nn ${count(n)}` }];
    });
  });
}

function drawDaily(p: Page, width: number): SVGSVGElement[] {
  const { list, ofAll } = gradesByDay(p);
  if (!list.length) return [];
  const time = levelTime(p, list.flatMap((d) => d.day), false);
  const all = list.map((d) => barsOf(d, time.scale));
  const key = keyOf([1, 2, 3, 4, 5].filter((g) => all.some((bars) => bars.some((b) => b.grade === g))));
  const columns = list.length > 1 && width >= 620 ? 2 : 1, gap = 16;
  const each = Math.floor((width - (columns - 1) * gap) / columns) - (columns > 1 ? 3 : 0);
  return list.map((d, i) => {
    const most = Math.max(1, ...all.filter((_, k) => list[k].grade === d.grade).flatMap((bars) => bars.map((b) => b.y2)));
    const head: KeyItem[] = [{ text: fill(T.panel, { grade: harmShort(d.grade), arm: p.model.arms[d.arm] }), sign: "band", colour: p.model.colour(d.arm), bold: true }];
    const rows = [layoutKey(head, 0, each).height, layoutKey(key, 0, each).height];
    const svg = plot({
      width: each, height: 200 + rows[0] + rows[1], marginTop: rows[0] + rows[1] + 10, marginBottom: 40, marginLeft: 44, marginRight: 16,
      x: { label: `${ofAll ? T.since : T.day}`, labelAnchor: "center", labelArrow: "none", domain: [Math.min(time.domain[0], time.scale(-0.5)), time.domain[1] + time.scale(0.5)], ticks: time.ticks(each > 600 ? 14 : 7) },
      y: { label: T.share, labelAnchor: "center", labelArrow: "none", domain: [0, Math.min(100, most * 1.05)], grid: true, ticks: 5 },
      marks: [
        Plot.rect(all[i], { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: (b: Bar) => FILL[b.grade], stroke: "var(--soft)", strokeWidth: 0.4, clip: true }),
        Plot.ruleY([0]),
        Plot.tip(all[i], Plot.pointer({ x: (b: Bar) => (b.x1 + b.x2) / 2, y: (b: Bar) => (b.y1 + b.y2) / 2, title: "text" })),
      ],
    });
    svg.style.display = "inline-block";
    svg.style.verticalAlign = "top";
    svg.style.marginRight = columns > 1 && i % 2 === 0 ? `${gap}px` : "0";
    drawKey(svg, head, 0, each, 2);
    drawKey(svg, key, 0, each, rows[0] + 2);
    return svg;
  });
}

export const dailyGrades: FigureSpec = {
  id: "grades-by-day",
  title: () => T.daily,
  present: (p) => hasByDay(p.model),
  draw: drawDaily,
  caption(p) {
    const { ofAll } = gradesByDay(p);
    return sentences(ofAll ? fill(T.dailySummary, { n: count(p.model.summary.replicates) }) : T.dailyHere, T.alive, !ofAll && whom(p), T.model);
  },
  table: (p) => ({
    columns: [{ label: T.harm }, { label: T.arm }, { label: T.day, number: true }, ...[0, 1, 2, 3, 4, 5].map((g) => ({ label: fill(T.grade, { g }), number: true }))],
    rows: gradesByDay(p).list.flatMap((d) => d.day.map((day, i): Cell[] => [d.grade, p.model.arms[d.arm], day, ...d.patients[i]])),
  }),
};
