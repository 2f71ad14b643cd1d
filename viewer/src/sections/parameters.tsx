/* Parameters of the model, and the distributions and formulas of the study's files, each with its source. */
import { useMemo, useState } from "preact/hooks";
import type { Parameter, Study, Variable } from "../data";
import { count, plain, unitText } from "../format";
import { usePage } from "../ui/context";
import { Num } from "../ui/num";
import { Wide } from "../ui/parts";
import { fill, words } from "../words";

const T = words({
  used: ["This study uses {n} parameters of the model; nobody has published {m} of them. The study's files set {k}.", "本研究使用模型的 {n} 个参数；其中 {m} 个无人发表过。研究文件设定了 {k} 个。"],
  search: ["Search", "查找"],
  kind: ["Kind", "类别"],
  all: ["all kinds", "全部类别"],
  only: ["only unknown", "仅未知"],
  order: ["Order", "排序"],
  unknownFirst: ["unknown first", "未知在前"],
  byKind: ["by kind", "按类别"],
  byName: ["by name", "按名称"],
  shown: ["{n} of {m} shown", "显示 {n}/{m} 个"],
  parameters: ["Parameters of the model", "模型参数"],
  numbers: ["Distributions and formulas of the study's files", "研究文件中的分布与公式"],
  parameter: ["Parameter", "参数"],
  value: ["Value", "取值"],
  range: ["Range", "范围"],
  unit: ["Unit", "单位"],
  source: ["Source", "来源"],
  unknown: ["unknown", "未知"],
  set: ["set by the study", "由研究设定"],
  biology: ["biology", "生物学"],
  patient: ["patient", "患者"],
  disease: ["disease", "疾病"],
  product: ["product", "产品"],
  switch: ["switch", "开关"],
  drug: ["drug", "药物"],
  to: ["{a} to {b}", "{a} 至 {b}"],
  of: ["Of", "所属"],
  name: ["Name", "名称"],
  population: ["population", "人群"],
  unknowns: ["drawn once per replicate", "每次重复抽取一次"],
  values: ["{n} values: {list}", "{n} 个取值：{list}"],
  sd: [", sd {s}", "，标准差 {s}"],
  sdLog: [", sd of the logarithm {s}", "，对数标准差 {s}"],
  sdLogit: [", sd of the logit {s}", "，logit 标准差 {s}"],
  normal: ["normal", "正态"],
  lognormal: ["lognormal, median", "对数正态，中位数"],
  logitnormal: ["logit-normal, median", "logit 正态，中位数"],
  uniform: ["uniform", "均匀"],
  loguniform: ["log-uniform", "对数均匀"],
  discrete: ["discrete", "离散"],
  note: ["Values, ranges and sources are those of the run's copy of the table of parameters. A source is the id of a row of evidence/*.csv or a publication.", "取值、范围与来源均取自本次运行所存的参数表副本。来源为 evidence/*.csv 中某行的编号或文献。"],
});

/** What follows the word "unknown" in a source. */
export function afterUnknown(source: string): string {
  return source.replace(/^unknown\b[\s:;,.]*/i, "");
}
export function SourceText({ source, unknown }: { source: string | null; unknown: boolean }) {
  const text = source ?? "";
  return unknown ? <><b class="unknown">{T.unknown}</b>{afterUnknown(text) && `: ${afterUnknown(text)}`}</> : <>{text}</>;
}

export function rangeText(low: number | null, high: number | null): string {
  return low === null && high === null ? "" : fill(T.to, { a: low === null ? "–" : plain(low), b: high === null ? "–" : plain(high) });
}

/** Where a study sets a parameter, and to what. */
interface Setter {
  where: string; // "": the population
  text: string;
  formula: boolean; // or a distribution
}
function settersOf(s: Study, name: string): Setter[] {
  const out: Setter[] = [];
  const files = [{ where: "", of: s.population }, ...s.products.map((p) => ({ where: p.title ?? p.name, of: p }))];
  for (const { where, of } of files) {
    for (const x of of.settings) if (x.parameter === name) out.push({ where, text: x.formula, formula: true });
    for (const v of of.variables) if (v.name === name) out.push({ where, text: variableText(v), formula: !!v.formula });
  }
  for (const v of s.unknowns) if (v.name === name) out.push({ where: T.unknowns, text: variableText(v), formula: !!v.formula });
  return out;
}

/** "normal 61, sd 9; 30 to 85" */
export function variableText(v: Variable): string {
  if (v.formula) return v.formula;
  if (v.distribution === "discrete") return fill(T.values, { n: v.values?.length ?? 0, list: (v.values ?? []).slice(0, 8).map(plain).join(", ") + ((v.values?.length ?? 0) > 8 ? " ..." : "") });
  if (v.distribution === "constant") return plain(v.centre ?? NaN);
  const kind = v.distribution in T ? T[v.distribution as "normal"] : v.distribution;
  if (/uniform/.test(v.distribution)) return `${kind}, ${rangeText(v.low, v.high)}`;
  const range = rangeText(v.low, v.high);
  return `${kind} ${plain(v.centre ?? NaN)}${v.spread ? fill(v.distribution === "lognormal" ? T.sdLog : v.distribution === "logitnormal" ? T.sdLogit : T.sd, { s: plain(v.spread) }) : ""}${range && `; ${range}`}`;
}

type Order = "unknown" | "kind" | "name";
interface Choice {
  text: string;
  kind: string;
  unknown: boolean;
  order: Order;
}
/** Indices of the parameters that the reader asks for, in order. */
export function chosen(list: readonly Parameter[], c: Choice): number[] {
  const wanted = c.text.trim().toLowerCase();
  const rank = (p: Parameter) => (c.order === "unknown" ? (p.unknown ? 0 : 1) : 0);
  const word = (p: Parameter) => (c.order === "kind" ? p.kind : c.order === "name" ? p.name : "");
  return list.map((_, i) => i)
    .filter((i) => (!c.kind || list[i].kind === c.kind) && (!c.unknown || list[i].unknown))
    .filter((i) => !wanted || [list[i].name, list[i].is ?? "", list[i].source, list[i].unit].some((t) => t.toLowerCase().includes(wanted)))
    .sort((a, b) => rank(list[a]) - rank(list[b]) || word(list[a]).localeCompare(word(list[b])) || a - b);
}

function Row({ p, i }: { p: Parameter; i: number }) {
  const s = usePage().model.run.study;
  const set = p.set ? settersOf(s, p.name) : [];
  return (
    <tr>
      <th scope="row"><code>{p.name}</code> {p.is}</th>
      <td>{p.set ? <>{T.set}{set.map((x, k) => <>{k ? "; " : ": "}{x.formula ? <code>{x.text}</code> : x.text}{x.where && ` (${x.where})`}</>)}</> : <Num path={`parameters.${i}.value`} unit="plain" />}</td>
      <td>{rangeText(p.low, p.high)}</td>
      <td>{unitText(p.unit)}</td>
      <td>{p.kind in T ? T[p.kind as "biology"] : p.kind}</td>
      <td><SourceText source={p.source} unknown={p.unknown} /></td>
    </tr>
  );
}

export function Parameters() {
  const list = usePage().model.summary.parameters;
  const [choice, setChoice] = useState<Choice>({ text: "", kind: "", unknown: false, order: "unknown" });
  const set = (part: Partial<Choice>) => setChoice((c) => ({ ...c, ...part }));
  const rows = useMemo(() => chosen(list, choice), [list, choice]);
  const kinds = [...new Set(list.map((p) => p.kind))].sort();
  return (
    <>
      <p>{fill(T.used, { n: count(list.length), m: count(list.filter((p) => p.unknown).length), k: count(list.filter((p) => p.set).length) })}</p>
      <form class="find screen" role="search" aria-label={T.parameters} onSubmit={(e) => e.preventDefault()}>
        <label>{T.search} <input type="search" value={choice.text} onInput={(e) => set({ text: e.currentTarget.value })} /></label>
        <label>{T.kind}{" "}
          <select value={choice.kind} onChange={(e) => set({ kind: e.currentTarget.value })}><option value="">{T.all}</option>{kinds.map((k) => <option value={k}>{k in T ? T[k as "biology"] : k}</option>)}</select>
        </label>
        <label>{T.order}{" "}
          <select value={choice.order} onChange={(e) => set({ order: e.currentTarget.value as Order })}><option value="unknown">{T.unknownFirst}</option><option value="kind">{T.byKind}</option><option value="name">{T.byName}</option></select>
        </label>
        <label><input type="checkbox" checked={choice.unknown} onChange={(e) => set({ unknown: e.currentTarget.checked })} />{T.only}</label>
        <span class="note" role="status">{fill(T.shown, { n: rows.length, m: list.length })}</span>
      </form>
      <div class="tall">
        <Wide label={T.parameters} small least={680}>
          <thead><tr>{[T.parameter, T.value, T.range, T.unit, T.kind, T.source].map((t) => <th scope="col">{t}</th>)}</tr></thead>
          <tbody>{rows.map((i) => <Row key={list[i].name} p={list[i]} i={i} />)}</tbody>
        </Wide>
      </div>
      <p class="note">{T.note}</p>
      <h3>{T.numbers}</h3>
      <FileNumbers />
    </>
  );
}

function Variables({ of, variables, settings }: { of: string; variables: Variable[]; settings: { parameter: string; formula: string; source: string | null }[] }) {
  return (
    <tbody>
      {variables.map((v) => (
        <tr><th scope="row"><code>{v.name}</code></th><td>{of}</td><td>{v.formula ? <code>{v.formula}</code> : variableText(v)}</td><td>{unitText(v.unit ?? "1")}</td><td><SourceText source={v.source} unknown={v.unknown} /></td></tr>
      ))}
      {settings.map((x) => (
        <tr><th scope="row"><code>{x.parameter}</code></th><td>{of}</td><td><code>{x.formula}</code></td><td /><td>{x.source ?? ""}</td></tr>
      ))}
    </tbody>
  );
}

function FileNumbers() {
  const s = usePage().model.run.study;
  return (
    <div class="tall">
      <Wide label={T.numbers} small least={600}>
        <thead><tr>{[T.name, T.of, T.value, T.unit, T.source].map((t) => <th scope="col">{t}</th>)}</tr></thead>
        <Variables of={T.population} variables={s.population.variables} settings={s.population.settings} />
        {s.products.map((p) => <Variables of={p.title ?? p.name} variables={p.variables} settings={p.settings} />)}
        {s.products.filter((p) => p.lot).map((p) => <Variables of={p.lot!.name} variables={p.lot!.variables} settings={[]} />)}
        <Variables of={T.unknowns} variables={s.unknowns} settings={[]} />
      </Wide>
    </div>
  );
}
