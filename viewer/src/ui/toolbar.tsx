/* The reader's choices. */
import { usePage } from "./context";
import { fill, words } from "../words";

const T = words({
  choices: ["Choices", "选项"],
  patients: ["patients", "患者"],
  all: ["all {n} replicates", "全部 {n} 次重复"],
  detail: ["the {n} replicates in this page, pooled", "本页所含 {n} 次重复（合并）"],
  one: ["replicate {n}", "第 {n} 次重复"],
  arms: ["arms", "组别"],
  language: ["language", "语言"],
  theme: ["theme", "外观"],
  auto: ["as the system", "跟随系统"],
  light: ["light", "浅色"],
  dark: ["dark", "深色"],
});

export function Toolbar() {
  const { model, view, change } = usePage();
  const p = model.patients;
  const toggle = (i: number) => change({ hidden: view.hidden.includes(i) ? view.hidden.filter((x) => x !== i) : [...view.hidden, i] });
  return (
    <form class="toolbar" aria-label={T.choices} onSubmit={(e) => e.preventDefault()}>
      {p && (
        <label>{T.patients}{" "}
          <select value={String(view.replicate)} onChange={(e) => { const v = e.currentTarget.value; change({ replicate: v === "all" || v === "detail" ? v : Number(v) }); }}>
            <option value="all">{fill(T.all, { n: model.summary.replicates })}</option>
            {p.replicates > 1 && <option value="detail">{fill(T.detail, { n: p.replicates })}</option>}
            {Array.from({ length: p.replicates }, (_, i) => <option value={String(i)}>{fill(T.one, { n: i + 1 })}</option>)}
          </select>
        </label>
      )}
      <fieldset><legend>{T.arms}</legend>
        {model.arms.map((a, i) => (
          <label><input type="checkbox" checked={!view.hidden.includes(i)} onChange={() => toggle(i)} /><span class="key" style={{ background: model.colour(i) }} />{a}</label>
        ))}
      </fieldset>
      <label>{T.language}{" "}
        <select value={view.language} onChange={(e) => change({ language: e.currentTarget.value as "en" | "zh" })}><option value="en">English</option><option value="zh">中文</option></select>
      </label>
      <label>{T.theme}{" "}
        <select value={view.theme} onChange={(e) => change({ theme: e.currentTarget.value as "auto" })}><option value="auto">{T.auto}</option><option value="light">{T.light}</option><option value="dark">{T.dark}</option></select>
      </label>
    </form>
  );
}
