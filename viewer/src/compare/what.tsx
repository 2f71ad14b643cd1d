/* Which runs are compared, and what differs between them. */
import { useState } from "preact/hooks";
import type { Change, Changes } from "../data";
import { count } from "../format";
import { usePage } from "../ui/context";
import { Wide } from "../ui/parts";
import { fill, words } from "../words";
import { comparisonOf, letter, RunName } from "./runs";

const T = words({
  runs: ["Runs of this comparison", "参与比较的运行"],
  run: ["Run", "运行"],
  study: ["Study", "研究"],
  seed: ["Seed", "随机种子"],
  replicates: ["Replicates", "重复次数"],
  patients: ["Patients of one", "每次患者数"],
  version: ["Version", "版本"],
  command: ["To repeat it, in its folder", "在其文件夹中重现"],
  others: ["Every run is compared with {a}, the first one.", "各运行均与第一个运行 {a} 比较。"],
  differs: ["{b} differs from {a} in", "{b} 与 {a} 的不同之处"],
  what: ["What", "项目"],
  settings: ["Settings", "设置"],
  values: ["Values of the study", "研究取值"],
  parameters: ["Parameters of the model", "模型参数"],
  inputs: ["Input files", "输入文件"],
  more: ["show all {n} in full", "完整显示全部 {n} 项"],
  absent: ["not there", "无"],
  content: ["content {x}", "内容 {x}"],
  same: ["{b} has the same inputs, settings and version as {a}, and {r}.", "{b} 与 {a} 的输入、设置与版本相同，{r}。"],
  sameResults: ["the same results", "结果也相同"],
  otherResults: ["other results", "但结果不同"],
  unread: ["The studies cannot be compared value by value: a resolved.yaml is missing or cannot be read.", "无法逐项比较研究取值：resolved.yaml 缺失或无法读取。"],
  paired: ["The same seed: {b} is compared with {a} replicate by replicate.", "随机种子相同：{b} 与 {a} 按重复逐一配对比较。"],
  people: ["Population, unknowns, allocation and arm sizes are the same, too: these are the same virtual patients.", "人群、未知因素、分配方式与各组人数亦相同：为同一批虚拟患者。"],
  numbers: ["The same seed, but other numbers of replicates: {b} and {a} are compared as if they were independent.", "随机种子相同但重复次数不同：{b} 与 {a} 按独立样本比较。"],
  apart: ["Other seeds: the replicates of {b} and {a} are independent.", "随机种子不同：{b} 与 {a} 的重复相互独立。"],
  old: ["A run has no replicates.csv: means are compared by their standard deviations, medians cannot be judged.", "有运行缺少 replicates.csv：均值按标准差比较，中位数无法判断。"],
  version_: ["version", "版本"],
  setting_study: ["study", "研究"],
  setting_seed: ["seed", "随机种子"],
  setting_replicates: ["replicates", "重复次数"],
  setting_patients: ["patients of a replicate", "每次重复的患者数"],
  setting_set: ["changed parameters (--set)", "更改的参数（--set）"],
});

export function Runs() {
  const p = usePage(), c = comparisonOf(p);
  return (
    <>
      <Wide label={T.runs}>
        <thead><tr><th scope="col">{T.run}</th><th scope="col">{T.study}</th><th scope="col" class="number">{T.seed}</th><th scope="col" class="number">{T.replicates}</th><th scope="col" class="number">{T.patients}</th><th scope="col">{T.version}</th><th scope="col">{T.command}</th></tr></thead>
        <tbody>
          {c.runs.map((r, i) => (
            <tr>
              <th scope="row"><RunName run={i} /></th><td>{p.data.runs[i].study.title ?? r.study}</td><td class="number">{r.seed}</td><td class="number">{count(r.replicates)}</td>
              <td class="number">{count(r.patients_per_replicate)}</td><td>{r.version}</td><td><code>{p.data.runs[i].command}</code></td>
            </tr>
          ))}
        </tbody>
      </Wide>
      <p class="note">{fill(T.others, { a: letter(0) })}</p>
    </>
  );
}

function settingName(key: string): string {
  const known: Record<string, string> = {
    version: T.version_, study: T.setting_study, seed: T.setting_seed, replicates: T.setting_replicates,
    "patients of a replicate": T.setting_patients, "changed parameters (--set)": T.setting_set,
  };
  return known[key] ?? key;
}

const FEW = 20, LONG = 140; // rows, characters

/** A key may be broken behind each of its dots. */
function Key({ path }: { path: string }) {
  const parts = path.split(".");
  return <>{parts.map((x, i) => <>{x}{i < parts.length - 1 && <>.<wbr /></>}</>)}</>;
}

function Rows({ title, list, file, setting }: { title: string; list: Change[]; file?: boolean; setting?: boolean }) {
  const [all, setAll] = useState(false), shown = all || list.length <= FEW + 5 ? list : list.slice(0, FEW);
  const long = list.length > FEW + 5 || list.some((x) => Math.max(x.was?.length ?? 0, x.is?.length ?? 0) > LONG);
  const cut = (x: string) => (all || x.length <= LONG ? x : `${x.slice(0, LONG).trimEnd()}…`);
  const side = (x: string | null) => (x === null ? <span class="note">{T.absent}</span> : file ? <code>{fill(T.content, { x })}</code> : cut(x));
  if (!list.length) return null;
  return (
    <tbody>
      <tr class="group"><th scope="rowgroup" colSpan={3}>{title}</th></tr>
      {shown.map((x) => <tr><th scope="row" class="key-path">{setting ? settingName(x.key) : <Key path={x.key} />}</th><td class="any">{side(x.was)}</td><td class="any">{side(x.is)}</td></tr>)}
      {long && !all && <tr class="screen"><td colSpan={3}><button type="button" class="link" onClick={() => setAll(true)}>{fill(T.more, { n: list.length })}</button></td></tr>}
    </tbody>
  );
}

function How({ x }: { x: Changes }) {
  const c = comparisonOf(usePage()), a = letter(0), b = letter(x.run), seed = c.runs[0].seed === c.runs[x.run].seed;
  const old = !c.runs[0].by_replicate || !c.runs[x.run].by_replicate;
  return (
    <p class="note">
      {x.paired ? fill(T.paired, { a, b }) : old ? T.old : fill(seed ? T.numbers : T.apart, { a, b })}{" "}
      {x.same_patients && T.people}
    </p>
  );
}

export function Differences() {
  const p = usePage(), c = comparisonOf(p);
  return (
    <>
      {c.changes.map((x) => {
        const a = letter(0), b = letter(x.run), label = fill(T.differs, { a, b });
        const any = x.settings.length + x.study.length + x.parameters.length + x.inputs.length > 0;
        return (
          <div>
            <h3><RunName run={x.run} /></h3>
            {!any && <p>{fill(T.same, { a, b, r: x.same_results ? T.sameResults : T.otherResults })}</p>}
            {any && (
              <Wide label={label} small>
                <caption>{label}</caption>
                <thead><tr><th scope="col">{T.what}</th><th scope="col"><RunName run={0} short /></th><th scope="col"><RunName run={x.run} short /></th></tr></thead>
                <Rows title={T.settings} list={x.settings} setting />
                <Rows title={T.values} list={x.study} />
                <Rows title={T.parameters} list={x.parameters} />
                <Rows title={T.inputs} list={x.inputs} file />
              </Wide>
            )}
            {!x.study_compared && <p>{T.unread}</p>}
            <How x={x} />
          </div>
        );
      })}
    </>
  );
}
