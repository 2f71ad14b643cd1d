/* From the patients planned to how they ended, arm by arm. */
import { count, fixed, significant } from "../format";
import { shownArms } from "../select";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { Num } from "../ui/num";
import type { Cell } from "../ui/table";
import { fill, words } from "../words";
import { el, lines, sheet, wrap } from "./draw";

const T = words({
  title: ["Flow of patients", "患者流程"],
  planned: ["{n} patients simulated", "模拟 {n} 名患者"],
  each: ["{size} in each of {r} replicates", "每次重复 {size} 名，共 {r} 次"],
  failed: ["{n} failed to integrate, counted nowhere", "{n} 名积分失败，不计入任何结果"],
  counted: ["{n} counted", "计入 {n} 名"],
  untreated: ["{n} without any dose", "{n} 名未获任何给药"],
  treated: ["{n} with at least one dose", "{n} 名至少给药一次"],
  doses: ["doses per patient: {x} on average", "平均给药 {x} 次"],
  progressed: ["{n} progressed ({p} %)", "{n} 名进展（{p} %）"],
  recurred: ["{n} with a recurrence ({p} %)", "{n} 名复发（{p} %）"],
  before: ["{n} died without it seen ({p} %)", "{n} 名未见进展而死亡（{p} %）"],
  neither: ["{n} with neither while followed ({p} %)", "{n} 名随访期内两者均无（{p} %）"],
  died: ["{n} died ({p} %)", "{n} 名死亡（{p} %）"],
  alive: ["{n} alive when last seen ({p} %)", "{n} 名末次随访时存活（{p} %）"],
  target: ["of these {n} in target lesions", "其中靶病灶 {n} 名"],
  fresh: ["of these {n} by a new lesion", "其中新病灶 {n} 名"],
  both: ["of these {n} by both", "其中两者 {n} 名"],
  caption: [
    "Patients of all {n} replicates together, by arm. Shares are of counted patients. Who left the study early or reached its end is among those alive when last seen.",
    "全部 {n} 次重复的患者合计，按组别。比例以计入患者为分母。提前退出或随访至结束者归入末次随访时存活。",
  ],
  stage: ["stage", "阶段"],
  rowSize: ["patients of one replicate", "每次重复的患者数"],
  rowPatients: ["simulated", "模拟"],
  rowFailed: ["failed to integrate", "积分失败"],
  rowTreated: ["with at least one dose", "至少给药一次"],
  rowDoses: ["doses, mean", "平均给药次数"],
  rowTarget: ["progressed: target lesions", "进展：靶病灶"],
  rowNew: ["progressed: new lesion", "进展：新病灶"],
  rowBoth: ["progressed: target lesions and new lesion", "进展：靶病灶与新病灶"],
  rowDeath: ["died without progression seen", "未见进展而死亡"],
  rowNone: ["neither while followed", "随访期内两者均无"],
  rowDied: ["died", "死亡"],
});

const REASONS = ["target lesions", "new lesion", "target lesions and new lesion"] as const;

interface Box {
  lines: string[]; // the first is bold
  aside?: string; // who leaves here
}

/** Deaths over all replicates, and where they stand in summary.json; null when the study has none. */
function deaths(p: Page, arm: number): { n: number; path: string } | null {
  const k = p.model.summary.survival.findIndex((c) => c.endpoint === "OS" && c.arm === p.model.arms[arm]);
  return k < 0 ? null : { n: p.model.summary.survival[k].events, path: `survival.${k}.events` };
}
const imaged = (p: Page) => p.model.run.study.assess.every > 0;

function boxes(p: Page, arm: number): Box[] {
  const a = p.model.summary.arms[arm], counted = a.patients - a.failed, g = a.progression;
  const of = (n: number, text: string) => fill(text, { n: count(n), p: counted ? fixed((100 * n) / counted, 1) : "–" });
  const out: Box[] = [
    { lines: [fill(T.planned, { n: count(a.patients) }), fill(T.each, { size: count(a.size), r: count(p.model.summary.replicates) })], aside: a.failed ? fill(T.failed, { n: count(a.failed) }) : undefined },
    { lines: [fill(T.counted, { n: count(counted) })], aside: a.treated < counted ? fill(T.untreated, { n: count(counted - a.treated) }) : undefined },
    { lines: [fill(T.treated, { n: count(a.treated) }), fill(T.doses, { x: significant(a.doses_mean) })] },
  ];
  if (imaged(p)) {
    const progressed = REASONS.reduce((n, r) => n + (g[r] ?? 0), 0);
    const why = p.model.recurrence ? [] : [fill(T.target, { n: count(g[REASONS[0]] ?? 0) }), fill(T.fresh, { n: count(g[REASONS[1]] ?? 0) }), fill(T.both, { n: count(g[REASONS[2]] ?? 0) })];
    out.push({ lines: [of(progressed, p.model.recurrence ? T.recurred : T.progressed), ...why, of(g.death ?? 0, T.before), of(g.none ?? 0, T.neither)] });
  }
  const d = deaths(p, arm);
  if (d) out.push({ lines: [of(d.n, T.died), of(counted - d.n, T.alive)] });
  return out;
}

/** One arm, `width` px wide: boxes below each other, those who leave to the right of the arrow. */
function column(p: Page, arm: number, left: number, width: number, aside: boolean): { g: SVGElement; height: number } {
  const g = el("g", {}), all = boxes(p, arm), wide = aside ? width * 0.62 : width;
  const head = wrap(p.model.arms[arm], 0.9 * width, 14, 3);
  g.append(lines(left, 15, head, { "font-size": 14, "font-weight": 700 }, 18), el("rect", { x: left, y: 18 * head.length + 2, width, height: 3, fill: p.model.colour(arm) }));
  let y = 18 * head.length + 14;
  all.forEach((b, i) => {
    const bold = wrap(b.lines[0], wide - 22, 13.5, 2), rest = b.lines.slice(1).flatMap((l) => wrap(l, wide - 18, 12.5, 2));
    const height = 17 * bold.length + 16 * rest.length + 14;
    g.append(el("rect", { x: left + 0.5, y, width: wide - 1, height, rx: 3, fill: "var(--panel)", stroke: "var(--soft)" }),
      lines(left + 9, y + 19, bold, { "font-weight": 600 }, 17), lines(left + 9, y + 19 + 17 * bold.length, rest, { "font-size": 12.5 }, 16));
    y += height;
    if (i === all.length - 1) return;
    const x = left + wide / 2, gone = b.aside ? wrap(b.aside, width - wide - 26, 12, 4) : [], gap = Math.max(22, gone.length ? 15 * gone.length + 16 : 0);
    g.append(el("path", { d: `M${x} ${y}V${y + gap - 1}M${x - 4} ${y + gap - 7}L${x} ${y + gap - 1}L${x + 4} ${y + gap - 7}`, stroke: "currentColor", fill: "none" }));
    if (gone.length) {
      g.append(el("path", { d: `M${x} ${y + gap / 2}H${left + wide + 8}`, stroke: "currentColor", fill: "none" }),
        el("rect", { x: left + wide + 8, y: y + 4, width: width - wide - 9, height: gap - 8, rx: 3, fill: "none", stroke: "var(--soft)", "stroke-dasharray": "3 2" }), lines(left + wide + 16, y + 17, gone, { "font-size": 12 }, 15));
    }
    y += gap;
  });
  return { g, height: y + 4 };
}

function tableRows(p: Page): Cell[][] {
  const arms = shownArms(p.model, p.view), s = p.model.summary;
  const row = (label: string, key: string, value: (a: number) => number | undefined, unit = "count"): Cell[] => [label, ...arms.map((a): Cell => ({ show: <Num path={`arms.${a}.${key}`} unit={unit} />, raw: value(a) ?? null }))];
  const rows = [
    row(T.rowSize, "size", (a) => s.arms[a].size), row(T.rowPatients, "patients", (a) => s.arms[a].patients), row(T.rowFailed, "failed", (a) => s.arms[a].failed),
    row(T.rowTreated, "treated", (a) => s.arms[a].treated), row(T.rowDoses, "doses_mean", (a) => s.arms[a].doses_mean, "1"),
  ];
  if (imaged(p)) {
    for (const [label, key] of [[T.rowTarget, REASONS[0]], [T.rowNew, REASONS[1]], [T.rowBoth, REASONS[2]], [T.rowDeath, "death"], [T.rowNone, "none"]]) rows.push(row(label, `progression.${key}`, (a) => s.arms[a].progression[key]));
  }
  if (arms.some((a) => deaths(p, a))) rows.push([T.rowDied, ...arms.map((a): Cell => { const d = deaths(p, a); return d && { show: <Num path={d.path} unit="count" />, raw: d.n }; })]);
  return rows;
}

export const flow: FigureSpec = {
  id: "flow",
  title: () => T.title,
  present: () => true,
  draw(p, width) {
    const arms = shownArms(p.model, p.view), across = Math.max(1, Math.min(arms.length, Math.floor((width + 24) / 304))), each = Math.min(420, (width - 24 * (across - 1)) / across);
    const aside = arms.some((a) => boxes(p, a).some((b) => b.aside)), panels: SVGSVGElement[] = [];
    for (let i = 0; i < arms.length; i += across) {
      const some = arms.slice(i, i + across).map((a, k) => column(p, a, k * (each + 24), each, aside));
      panels.push(sheet(width, Math.max(...some.map((c) => c.height)) + (i + across < arms.length ? 18 : 0), ...some.map((c) => c.g)));
    }
    return panels;
  },
  caption: (p) => fill(T.caption, { n: count(p.model.summary.replicates) }),
  table: (p) => ({ columns: [{ label: T.stage }, ...shownArms(p.model, p.view).map((a) => ({ label: p.model.arms[a], number: true }))], rows: tableRows(p) }),
  fixed: true,
};
