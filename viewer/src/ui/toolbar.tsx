/* The reader's choices: one row that stays in sight, with panels that open below it. */
import type { ComponentChildren } from "preact";
import { count, MONTH, plain } from "../format";
import { isRescored, type View } from "../state";
import { fill, words } from "../words";
import { usePage } from "./context";
import { PageChoices, Panel, useHeight } from "./choices";
import { FilterChips, FilterForm } from "./filters";
import { ArmName } from "./parts";
import { changedRules, ScoringForm } from "./scoring";

const T = words({
  choices: ["Choices", "选项"],
  patients: ["Show", "显示"],
  all: ["all {n} replicates", "全部 {n} 次重复"],
  allOne: ["the one replicate", "唯一一次重复"],
  detail: ["the {n} replicates in this page, pooled", "本页所含 {n} 次重复（合并）"],
  one: ["replicate {n}", "第 {n} 次重复"],
  arms: ["Arms", "组别"],
  some: ["{n} of {m}", "{n}/{m}"],
  filter: ["Filter patients", "筛选患者"],
  scoring: ["Scoring rules", "评分规则"],
  time: ["Time axes", "时间轴"],
  unit: ["unit", "单位"],
  auto: ["automatic", "自动"],
  days: ["days", "天"],
  months: ["months", "月"],
  from: ["from", "从"],
  to: ["to", "到"],
  whole: ["Whole time", "全部时间"],
  reset: ["Reset", "重置"],
  sumOne: ["Tables: the one replicate.", "表格：唯一一次重复。"],
  sum: ["Tables: all {n} replicates.", "表格：全部 {n} 次重复。"],
  single: ["Figures of single patients: {who}, {n} patients.", "单个患者的图：{who}，{n} 名患者。"],
  first: ["replicate 1", "第 1 次重复"],
  pooled: ["{n} replicates pooled", "{n} 次重复合并"],
  filtered: ["Filtered: {n} of {m} patients.", "已筛选：{m} 名患者中的 {n} 名。"],
  rescored: ["Re-scored under other rules than the study's.", "已按不同于研究的规则重新评分。"],
  part: ["The page holds the first {n} of {m} patients of a replicate.", "本页含每次重复 {m} 名患者中的前 {n} 名。"],
});

function Arms() {
  const { data, model, view, change } = usePage(), bare = data.runs.length > 1; // colours are those of runs there
  const toggle = (i: number) => change({ hidden: view.hidden.includes(i) ? view.hidden.filter((x) => x !== i) : [...view.hidden, i] });
  const boxes = model.arms.map((_, i) => <label><input type="checkbox" checked={!view.hidden.includes(i)} onChange={() => toggle(i)} />{bare ? model.arms[i] : <ArmName arm={i} />}</label>);
  if (model.arms.length < 2) return null;
  // Two short names stand in the row; more of them behind a button.
  if (model.arms.length === 2 && model.arms.join("").length < 50) return <fieldset><legend class="hidden">{T.arms}</legend>{boxes}</fieldset>;
  const n = model.arms.length - view.hidden.length;
  return <Panel title={T.arms} badge={view.hidden.length ? fill(T.some, { n, m: model.arms.length }) : undefined}><fieldset class="column"><legend class="hidden">{T.arms}</legend>{boxes}</fieldset></Panel>;
}

/** One end of the time axes, in the unit in which it is written. */
function End({ label, day, month, set }: { label: string; day: number | null; month: boolean; set: (day: number | null) => void }) {
  const shown = day === null ? "" : plain(month ? Math.round((day / MONTH) * 1000) / 1000 : day);
  const read = (text: string) => {
    const x = Number(text.replace(",", "."));
    set(text.trim() === "" || !Number.isFinite(x) ? null : month ? x * MONTH : x);
  };
  return <label>{label} <input type="text" inputMode="decimal" size={5} value={shown} onChange={(e) => read(e.currentTarget.value)} /></label>;
}

function Time() {
  const { model, view, change } = usePage();
  const month = view.unit === "month" || (view.unit === "auto" && model.run.study.horizon > 120), unit = month ? T.months : T.days;
  const zoomed = view.from !== null || view.to !== null;
  return (
    <Panel title={T.time} badge={zoomed ? `${view.from === null ? "0" : plain(Math.round(view.from / (month ? MONTH : 1)))}–${view.to === null ? "" : plain(Math.round(view.to / (month ? MONTH : 1)))}` : undefined}>
      <label>{T.unit}{" "}
        <select value={view.unit} onChange={(e) => change({ unit: e.currentTarget.value as View["unit"] })}>
          <option value="auto">{T.auto}</option><option value="day">{T.days}</option><option value="month">{T.months}</option>
        </select>
      </label>
      <End label={T.from} day={view.from} month={month} set={(from) => change({ from })} />
      <End label={T.to} day={view.to} month={month} set={(to) => change({ to })} /> {unit}
      {zoomed && <button type="button" onClick={() => change({ from: null, to: null })}>{T.whole}</button>}
    </Panel>
  );
}

/** What is being shown now, told to screen readers, too, when it changes. */
function Status() {
  const { model, view, selection } = usePage();
  const p = model.patients, n = model.summary.replicates, parts: string[] = [];
  parts.push(n === 1 ? T.sumOne : fill(T.sum, { n: count(n) }));
  if (p) {
    const who = selection.replicates > 1 ? fill(T.pooled, { n: selection.replicates }) : typeof view.replicate === "number" ? fill(T.one, { n: Math.min(view.replicate, p.replicates - 1) + 1 }) : T.first;
    parts.push(fill(T.single, { who, n: count(selection.rows.length) }));
    if (selection.filtered) parts.push(fill(T.filtered, { n: count(selection.rows.length), m: count(selection.replicates * p.size) }));
    if (p.planned > p.size) parts.push(fill(T.part, { n: count(p.size), m: count(p.planned) }));
  }
  if (isRescored(view)) parts.push(T.rescored);
  return <p class="status" aria-live="polite">{parts.join(" ")}</p>;
}

const UNCHANGED: Partial<View> = { replicate: "all", hidden: [], unit: "auto", from: null, to: null, filters: [], rules: { confirm: null, deaths: null, dating: null, cutoff: null } };

/** `status`: what is shown now, instead of what a report says of it. */
export function Toolbar({ status }: { status?: ComponentChildren }) {
  const bar = useHeight();
  const { model, view, change } = usePage();
  const p = model.patients, n = model.summary.replicates;
  const changed = view.replicate !== "all" || view.hidden.length > 0 || view.unit !== "auto" || view.from !== null || view.to !== null || view.filters.length > 0 || isRescored(view);
  return (
    <form class="toolbar" ref={bar} aria-label={T.choices} onSubmit={(e) => e.preventDefault()}>
      <div class="row">
        {p && n > 1 && (
          <label>{T.patients}{" "}
            <select value={String(view.replicate)} onChange={(e) => { const v = e.currentTarget.value; change({ replicate: v === "all" || v === "detail" ? v : Number(v) }); }}>
              <option value="all">{fill(T.all, { n })}</option>
              {p.replicates > 1 && <option value="detail">{fill(T.detail, { n: p.replicates })}</option>}
              {Array.from({ length: p.replicates }, (_, i) => <option value={String(i)}>{fill(T.one, { n: i + 1 })}</option>)}
            </select>
          </label>
        )}
        <Arms />
        {p && <Panel title={T.filter} badge={view.filters.length ? String(view.filters.length) : undefined}><FilterForm /></Panel>}
        {p && <Panel title={T.scoring} badge={isRescored(view) ? String(changedRules(view.rules)) : undefined}><ScoringForm /></Panel>}
        <Time />
        <span class="gap" />
        <PageChoices view={view} change={change} />
        {changed && <button type="button" onClick={() => change(UNCHANGED)}>{T.reset}</button>}
      </div>
      <FilterChips />
      {status ?? <Status />}
    </form>
  );
}
