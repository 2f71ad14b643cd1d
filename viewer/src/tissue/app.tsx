/* The page of a tissue: mark, head, the lesion, what was counted, text of the file. */
import type { Run, TissuePage } from "./data";
import { setLanguage, words } from "../words";

const T = words({
  simulated: ["SIMULATED: no cell on this page exists", "模拟结果：本页中的细胞均不存在"],
  counts: ["Counts", "计数"],
  file: ["The tissue file", "组织文件"],
  minutes: ["minute", "分钟"],
});

function Counts({ run }: { run: Run }) {
  const { columns, values } = run.counts;
  return (
    <div class="table" tabIndex={0} role="region" aria-label={T.counts}>
      <table>
        <thead><tr>{columns.map((c) => <th scope="col">{c}</th>)}</tr></thead>
        <tbody>{(values[0] ?? []).map((_, row) => <tr>{columns.map((_c, i) => <td class="number">{values[i][row]}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

export function App({ data }: { data: TissuePage }) {
  setLanguage((navigator.languages[0] ?? "").toLowerCase().startsWith("zh") ? "zh" : "en");
  document.documentElement.dataset.theme = "auto";
  const run = data.runs[0];
  return (
    <>
      <header class="mark">{T.simulated}</header>
      <div class="frame">
        <main id="main" tabIndex={-1}>
          <h1>{run.title ?? run.name}</h1>
          {run.question && <p class="question">{run.question}</p>}
          <section><h2>{T.counts}</h2><Counts run={run} /></section>
          <section><h2>{T.file}</h2><pre>{run.text}</pre></section>
        </main>
      </div>
    </>
  );
}
