/* Choosing patients by what is known of them. */
import { useMemo, useState } from "preact/hooks";
import { covariates, type Covariate } from "../covariates";
import { plain, significant } from "../format";
import type { Filter } from "../state";
import { fill, words } from "../words";
import { usePage } from "./context";

const T = words({
  by: ["by", "依据"],
  from: ["from", "从"],
  to: ["to", "到"],
  add: ["Add", "添加"],
  choose: ["choose a variable", "选择变量"],
  range: ["in this page from {low} to {high}", "本页范围：{low} 至 {high}"],
  none: ["Give a lower or an upper end.", "请填写下限或上限。"],
  order: ["The lower end lies above the upper end.", "下限高于上限。"],
  drop: ["Remove the filter {text}", "移除筛选 {text}"],
  clear: ["Remove all", "全部移除"],
  filters: ["Filters", "筛选"],
});

function parse(text: string): number | null {
  const x = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(x) ? null : x;
}

/** "age 50 to 65", "age ≥ 50". */
export function filterText(f: Filter, title: string, unit: string): string {
  const u = unit ? ` ${unit}` : "";
  if (f.low !== null && f.high !== null) return f.low === f.high ? `${title} = ${plain(f.low)}${u}` : `${title} ${plain(f.low)}–${plain(f.high)}${u}`;
  return f.low !== null ? `${title} ≥ ${plain(f.low)}${u}` : `${title} ≤ ${plain(f.high ?? NaN)}${u}`;
}

function useCovariates(): Covariate[] {
  const { model, view } = usePage();
  return useMemo(() => covariates(model), [model, view.language]);
}

export function FilterForm() {
  const { view, change } = usePage();
  const list = useCovariates();
  const [name, setName] = useState(""), [low, setLow] = useState(""), [high, setHigh] = useState(""), [problem, setProblem] = useState("");
  const chosen = list.find((c) => c.name === name);
  const add = () => {
    const a = parse(low), b = parse(high);
    if (!chosen || (a === null && b === null)) return setProblem(T.none);
    if (a !== null && b !== null && a > b) return setProblem(T.order);
    change({ filters: [...view.filters.filter((f) => f.name !== name), { name, low: a, high: b }] });
    setName(""); setLow(""); setHigh(""); setProblem("");
  };
  const enter = (e: KeyboardEvent) => { if (e.key === "Enter") { e.preventDefault(); add(); } };
  return (
    <div class="filter">
      <label>{T.by}{" "}
        <select value={name} onChange={(e) => { setName(e.currentTarget.value); setProblem(""); }}>
          <option value="">{T.choose}</option>
          {list.map((c) => <option value={c.name}>{c.title}{c.unit && `, ${c.unit}`}</option>)}
        </select>
      </label>
      {chosen && (
        <>
          <label>{T.from} <input type="text" inputMode="decimal" size={6} value={low} placeholder={significant(chosen.low)} onInput={(e) => setLow(e.currentTarget.value)} onKeyDown={enter} /></label>
          <label>{T.to} <input type="text" inputMode="decimal" size={6} value={high} placeholder={significant(chosen.high)} onInput={(e) => setHigh(e.currentTarget.value)} onKeyDown={enter} /></label>
          <button type="button" onClick={add}>{T.add}</button>
          <span class="note">{fill(T.range, { low: significant(chosen.low), high: significant(chosen.high) })}</span>
        </>
      )}
      {problem && <p class="miss" role="alert">{problem}</p>}
    </div>
  );
}

/** The filters in force, each with a button that removes it. */
export function FilterChips() {
  const { view, change } = usePage();
  const list = useCovariates();
  if (!view.filters.length) return null;
  return (
    <ul class="chips" aria-label={T.filters}>
      {view.filters.map((f, i) => {
        const c = list.find((x) => x.name === f.name);
        const text = filterText(f, c?.title ?? f.name, c?.unit ?? "");
        return <li><button type="button" aria-label={fill(T.drop, { text })} onClick={() => change({ filters: view.filters.filter((_, k) => k !== i) })}>{text}<span aria-hidden="true"> ×</span></button></li>;
      })}
      {view.filters.length > 1 && <li><button type="button" onClick={() => change({ filters: [] })}>{T.clear}</button></li>}
    </ul>
  );
}
