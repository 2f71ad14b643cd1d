/* The data that were used, how the run was verified, and how to have it again. */
import { useState } from "preact/hooks";
import type { Role } from "../data";
import { measureName } from "../names";
import { plain } from "../format";
import { usePage } from "../ui/context";
import { Num } from "../ui/num";
import { Blank, Facts, Wide } from "../ui/parts";
import { fill, words } from "../words";

const T = words({
  role: ["Role", "角色"],
  figures: ["Figures", "项数"],
  what: ["What", "内容"],
  sources: ["Sources", "来源"],
  fit: ["fit", "拟合"],
  check: ["check", "核对"],
  predict: ["predict", "预测"],
  claim: ["claim", "论断"],
  fitWhat: ["may shape parameters", "可用于确定参数"],
  checkWhat: ["not fitted, known when the model was built", "未用于拟合，建模时已知"],
  predictWhat: ["not used in any way", "未以任何方式使用"],
  claimWhat: ["no traceable source, never used", "无可追溯来源，从未使用"],
  split: ["Published figures by their use", "已发表结果按用途划分"],
  noFigures: ["The study names no published figures: this run is not compared with data.", "本研究未列出已发表结果：本次运行未与数据对比。"],
  inputs: ["Other data enter as values of parameters and as distributions, each with its source: see the tables of parameters.", "其他数据以参数值与分布形式进入，各有来源：见参数表。"],
  quality: ["Quality and relevance of these data for the question", "这些数据对于本问题的质量与相关性"],
  solver: ["Integration", "数值积分"],
  solverText: ["relative tolerance {r}, absolute {a} cells a step", "每步相对误差限 {r}，绝对误差限 {a} 个细胞"],
  failed: ["Failed patients", "失败患者"],
  failedOf: [" of ", " / "],
  left: ["left out of every figure and counted in failures.csv", "已从所有结果中剔除，记录于 failures.csv"],
  same: ["Repeatability", "可重复性"],
  sameText: ["The same study, inputs, seed and version give the same bytes in every table, with any number of threads and lanes (docs/reference/run-folder.md).", "相同的研究、输入、种子与版本在任意线程数与通道数下给出逐字节相同的表格（docs/reference/run-folder.md）。"],
  stats: ["Statistics", "统计"],
  statsText: ["The definitions, and what they are tested against (R and its package survival), are in docs/reference/statistics.md.", "定义及测试对照（R 及其 survival 包）见 docs/reference/statistics.md。"],
  engine: ["Numerical engine", "数值引擎"],
  engineText: ["Independent solutions of the core model and what the default tolerance costs: docs/validation.md and docs/dev/decisions/0010-accuracy-of-a-study.md.", "核心模型的独立求解对照及默认误差限的代价：docs/validation.md 与 docs/dev/decisions/0010-accuracy-of-a-study.md。"],
  page: ["This page", "本页"],
  pageText: ["Every number of a table that stands in summary.json carries its path there (data-path) and its exact value.", "凡出自 summary.json 的数字，均带有其路径（data-path）与精确值。"],
  review: ["Independent review of code and model", "代码与模型的独立审查"],
  version: ["Simulated by", "模拟版本"],
  written: ["Page written by", "页面生成版本"],
  seed: ["Seed", "随机种子"],
  command: ["In the run folder:", "在运行文件夹中执行："],
  copy: ["Copy", "复制"],
  copied: ["Copied", "已复制"],
  refused: ["The browser refuses: select the line yourself.", "浏览器不允许复制，请手动选取。"],
  file: ["File in inputs/", "inputs/ 中的文件"],
  hash: ["Hash (FNV-1a, 64 bit)", "哈希（FNV-1a，64 位）"],
  hashes: ["Inputs of the run", "运行输入"],
  text: ["The table that ended the run", "运行结束时的表格"],
  stop: ["; ", "；"],
});

const ROLES: Role[] = ["fit", "check", "predict", "claim"];

export function DataUsed() {
  const all = usePage().model.summary.expectations;
  const roles = ROLES.filter((r) => all[r]?.figures.length);
  return (
    <>
      {roles.length ? (
        <Wide label={T.split} small least={520}>
          <thead><tr>{[T.role, T.figures, T.what, T.sources].map((t) => <th scope="col">{t}</th>)}</tr></thead>
          <tbody>
            {roles.map((r) => (
              <tr>
                <th scope="row">{T[r]}: {T[`${r}What`]}</th>
                <td>{all[r].figures.length}</td>
                <td>{all[r].figures.map((f) => `${f.arm}: ${measureName(f)}`).join(T.stop)}</td>
                <td>{[...new Set(all[r].figures.map((f) => f.source))].join(T.stop)}</td>
              </tr>
            ))}
          </tbody>
        </Wide>
      ) : <p>{T.noFigures}</p>}
      <p class="note">{T.inputs}</p>
      <Facts rows={[[T.quality, <Blank />]]} />
    </>
  );
}

export function Verification() {
  const { run, summary } = usePage().model;
  return (
    <Facts rows={[
      [T.solver, fill(T.solverText, { r: plain(run.study.rtol), a: plain(run.study.atol) })],
      [T.failed, <><Num path="failed" unit="count" />{T.failedOf}<Num path="patients" unit="count" />{summary.failed > 0 && <>{T.stop}{T.left}</>}</>],
      [T.same, T.sameText],
      [T.engine, T.engineText],
      [T.stats, T.statsText],
      [T.page, T.pageText],
      [T.review, <Blank />],
    ]} />
  );
}

function Copy({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  const copy = () => {
    if (!navigator.clipboard) return setSaid(T.refused);
    navigator.clipboard.writeText(text).then(() => setSaid(T.copied), () => setSaid(T.refused));
  };
  return <span class="screen"><button type="button" onClick={copy}>{T.copy}</button> <span role="status" class="said">{said}</span></span>;
}

export function Reproduction() {
  const { data, model } = usePage();
  const { run } = model;
  return (
    <>
      <Facts rows={[[T.version, `Perforin ${run.version}`], [T.written, `Perforin ${data.version}`], [T.seed, <code>{run.study.seed}</code>]]} />
      <p>{T.command} <Copy text={run.command} /></p>
      <pre tabIndex={0}>{run.command}</pre>
      <h3>{T.hashes}</h3>
      <Wide label={T.hashes} small>
        <thead><tr><th scope="col">{T.file}</th><th scope="col">{T.hash}</th></tr></thead>
        <tbody>{run.inputs.map((i) => <tr><th scope="row"><code>{i.file}</code></th><td><code>{i.hash}</code></td></tr>)}</tbody>
      </Wide>
      <details><summary>{T.text}</summary><pre tabIndex={0} lang="en">{run.text}</pre></details>
    </>
  );
}
