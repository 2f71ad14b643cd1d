/* The reader's rules of scoring, and what they make of the patients in this page. */
import type { ComponentChildren } from "preact";
import { count, fixed, interval, plain } from "../format";
import { asRun, type Scores } from "../score/score";
import { compared, tally, type Share, type Tally } from "../score/tally";
import type { Model } from "../model";
import { isRescored, type Rules, type View } from "../state";
import { fill, words } from "../words";
import { clockOf, inDays, inUnit } from "./clock";
import { usePage } from "./context";
import { ArmName, useArms, Wide } from "./parts";

const T = words({
  response: ["Response", "缓解"],
  deaths: ["Death without progression", "未进展死亡"],
  dating: ["Day of progression", "进展日期"],
  study: ["as the study: {rule}", "按研究设定：{rule}"],
  confirmed: ["confirmed 28 days later", "须在 28 天后确认"],
  unconfirmed: ["unconfirmed", "无需确认"],
  event: ["an event", "计为事件"],
  censored: ["censored at the last visit", "在末次访视删失"],
  visit: ["the visit that shows it", "发现进展的访视日"],
  midpoint: ["halfway from the visit before", "与前一次访视的中点"],
  cutoff: ["Data cut-off", "数据截止：每名患者开始治疗后"],
  unit: ["{unit} after each patient's start", "{unit}"],
  reset: ["As the study scores", "恢复研究的评分规则"],
  explain: [
    "Endpoints of single patients are then scored again from their visits and events, as a run under these rules would have scored them. Tables of all replicates keep the study's rules.",
    "单个患者的终点将根据其访视和事件重新评分，结果与按这些规则运行时一致。全部重复的表格仍采用研究设定的规则。",
  ],
  chosen: ["Endpoints of the {n} patients chosen", "所选 {n} 名患者的终点"],
  rules: ["Rules: {list}.", "规则：{list}。"],
  rule: ["{what} {how}", "{what}{how}"],
  colon: [":", "："],
  comma: ["; ", "；"],
  title: ["Endpoints of {n} patients, scored again", "{n} 名患者的终点（重新评分）"],
  whom: [
    "Of the patients chosen in this page ({r}); intervals take them as one trial of this many patients.",
    "对象为本页所选患者（{r}）；区间将其视为一个同等规模的试验。",
  ],
  pooled: ["{k} replicates pooled", "{k} 次重复合并"],
  one: ["one replicate", "一次重复"],
  run: ["as the study", "研究规则"],
  rescored: ["scored again", "重新评分"],
  endpoint: ["endpoint", "终点"],
  orr: ["ORR", "ORR"],
  dcr: ["DCR", "DCR"],
  cr: ["CR", "CR"],
  median: ["median {x}", "中位 {x}"],
  hazard: ["{x} hazard ratio against {arm}", "{x} 风险比，对比 {arm}"],
  share: ["{k} of {n}: {p} % [{low}, {high}]", "{k}/{n}：{p} % [{low}, {high}]"],
});

type Choice = "confirm" | "deaths" | "dating";

function Choose({ label, own, value, options, set }: { label: string; own: string; value: string; options: [string, string][]; set: (value: string) => void }) {
  const study = options.find(([v]) => v === own)?.[1] ?? own;
  return (
    <label>{label}{" "}
      <select value={value} onChange={(e) => set(e.currentTarget.value)}>
        <option value="">{fill(T.study, { rule: study })}</option>
        {options.filter(([v]) => v !== own).map(([v, text]) => <option value={v}>{text}</option>)}
      </select>
    </label>
  );
}

/** What the reader may change. */
export function ScoringForm() {
  const { model, view, change } = usePage();
  const study = model.run.study.assess, r = view.rules, clock = clockOf(view, model.summary.horizon_day);
  const set = (part: Partial<Rules>) => change({ rules: { ...r, ...part } });
  const word = (x: boolean | null) => (x === null ? "" : x ? "yes" : "no");
  const forms: Record<Choice, ComponentChildren> = {
    confirm: <Choose label={T.response} own={study.confirm ? "yes" : "no"} value={word(r.confirm)} options={[["yes", T.confirmed], ["no", T.unconfirmed]]} set={(v) => set({ confirm: v === "" ? null : v === "yes" })} />,
    deaths: <Choose label={T.deaths} own={study.deaths} value={r.deaths ?? ""} options={[["event", T.event], ["censored", T.censored]]} set={(v) => set({ deaths: v === "" ? null : (v as "event") })} />,
    dating: <Choose label={T.dating} own={study.progression_day} value={r.dating ?? ""} options={[["visit", T.visit], ["midpoint", T.midpoint]]} set={(v) => set({ dating: v === "" ? null : (v as "visit") })} />,
  };
  const imaged = study.every > 0;
  const cut = (text: string) => {
    const x = Number(text.replace(",", "."));
    set({ cutoff: text.trim() === "" || !(x >= 0) ? null : inDays(clock, x) });
  };
  return (
    <div class="filter scoring">
      {imaged && !model.recurrence && forms.confirm}
      {imaged && forms.deaths}
      {imaged && forms.dating}
      <label>{T.cutoff}{" "}
        <input type="text" inputMode="decimal" size={5} value={r.cutoff === null ? "" : plain(Math.round(inUnit(clock, r.cutoff) * 1000) / 1000)} onChange={(e) => cut(e.currentTarget.value)} />
        {" "}{fill(T.unit, { unit: clock.long })}
      </label>
      {isRescored(view) && <button type="button" onClick={() => set({ confirm: null, deaths: null, dating: null, cutoff: null })}>{T.reset}</button>}
      <p class="note">{T.explain}</p>
    </div>
  );
}

/** How many rules differ from the study's. */
export function changedRules(r: Rules): number {
  return [r.confirm, r.deaths, r.dating, r.cutoff].filter((x) => x !== null).length;
}

/** The reader's rules in words. */
function rulesText(view: View, horizon: number): string {
  const r = view.rules, clock = clockOf(view, horizon), parts: string[] = [];
  const add = (what: string, how: string) => parts.push(fill(T.rule, { what: `${what}${T.colon}`, how }));
  if (r.confirm !== null) add(T.response, r.confirm ? T.confirmed : T.unconfirmed);
  if (r.deaths !== null) add(T.deaths, r.deaths === "event" ? T.event : T.censored);
  if (r.dating !== null) add(T.dating, r.dating === "visit" ? T.visit : T.midpoint);
  if (r.cutoff !== null) add(T.cutoff, `${plain(Math.round(inUnit(clock, r.cutoff) * 1000) / 1000)} ${fill(T.unit, { unit: clock.long })}`);
  return fill(T.rules, { list: parts.join(T.comma) });
}

interface Line {
  name: string;
  cell: (of: Told, arm: number) => string;
}
/** The endpoints of each arm under one set of scores. */
interface Told {
  tally: Map<number, Tally>;
  hazard: (kind: "pfs" | "os", arm: number, reference: number) => string;
}

function shareText(s: Share): string {
  const p = (x: number) => fixed(100 * x, 1);
  return s.of ? fill(T.share, { k: s.with, n: s.of, p: p(s.value), low: p(s.lower), high: p(s.upper) }) : "–";
}

function tell(s: Scores, rows: Map<number, number[]>): Told {
  return {
    tally: new Map([...rows].map(([a, r]) => [a, tally(s, r)])),
    hazard: (kind, arm, reference) => {
      const h = compared(s, kind, rows.get(arm)!, rows.get(reference)!);
      return h.ratio === Infinity ? "∞" : interval(h.ratio, h.lower, h.upper, "1");
    },
  };
}

function linesOf(model: Model, arms: number[]): Line[] {
  const median = (name: string, key: "pfs" | "os" | "dor"): Line => ({ name: fill(T.median, { x: name }), cell: (of, a) => { const m = of.tally.get(a)![key]; return interval(m.value, m.lower, m.upper, "day"); } });
  const share = (name: string, key: "orr" | "dcr" | "cr"): Line => ({ name, cell: (of, a) => shareText(of.tally.get(a)![key]) });
  const pfs = model.recurrence ? "RFS" : "PFS", imaged = model.run.study.assess.every > 0, responds = imaged && !model.recurrence;
  const references = [...new Set(arms.map((a) => model.reference(a)))].filter((r) => arms.includes(r));
  const hazard = (name: string, key: "pfs" | "os", ref: number): Line => ({
    name: fill(T.hazard, { x: name, arm: model.arms[ref] }),
    cell: (of, a) => (model.reference(a) !== ref || a === ref ? "" : of.hazard(key, a, ref)),
  });
  return [
    ...(responds ? [share(T.orr, "orr"), share(T.dcr, "dcr"), share(T.cr, "cr")] : []),
    ...(imaged ? [median(pfs, "pfs")] : []),
    median("OS", "os"),
    ...(responds ? [median("DoR", "dor")] : []),
    ...references.flatMap((r) => [...(imaged ? [hazard(pfs, "pfs", r)] : []), hazard("OS", "os", r)]),
  ];
}

/** The endpoints of the patients chosen; beside them, where rules are changed, those under the reader's rules. Nothing while all replicates are shown. */
export function Rescored() {
  const { model, view, selection, scores, change } = usePage(), arms = useArms();
  if (!model.patients || !scores || selection.source !== "patients") return null;
  const again = isRescored(view);
  const rows = new Map(arms.map((a) => [a, selection.rows.filter((r) => model.patients!.arm[r] === a)]));
  const study = tell(asRun(model), rows), own = again ? tell(scores, rows) : study, lines = linesOf(model, arms);
  const title = fill(again ? T.title : T.chosen, { n: count(selection.rows.length) });
  const r = selection.replicates > 1 ? fill(T.pooled, { k: selection.replicates }) : T.one;
  return (
    <aside class="rescored" aria-label={title}>
      <p class="rescored-head"><strong>{title}</strong> <span class="note">{again && `${rulesText(view, model.summary.horizon_day)} `}{fill(T.whom, { r })}</span>
        {again && <>{" "}<button type="button" onClick={() => change({ rules: { confirm: null, deaths: null, dating: null, cutoff: null } })}>{T.reset}</button></>}</p>
      <Wide label={`${title}: ${T.endpoint}`} small>
        <thead>
          <tr><td rowSpan={again ? 2 : 1} />{arms.map((a) => <th scope={again ? "colgroup" : "col"} colSpan={again ? 2 : 1}><ArmName arm={a} /></th>)}</tr>
          {again && <tr>{arms.map(() => <><th scope="col">{T.run}</th><th scope="col">{T.rescored}</th></>)}</tr>}
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr><th scope="row">{l.name}</th>{arms.map((a) => {
              const before = l.cell(study, a), now = l.cell(own, a);
              return <><td>{before}</td>{again && <td class={before === now ? undefined : "changed"}>{now}</td>}</>;
            })}</tr>
          ))}
        </tbody>
      </Wide>
    </aside>
  );
}
