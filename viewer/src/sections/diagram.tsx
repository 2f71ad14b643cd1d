/* The parts of a run and what flows between them, for wide and for narrow pages. */
import { textWidth } from "../figures/key";
import { usePage } from "../ui/context";
import { fill, words } from "../words";

const T = words({
  label: ["Diagram: virtual patients, products and regimens set the model; its course is observed like a trial, scored and compared.", "示意图：虚拟患者、产品与方案设定模型；模型的病程如试验般被观察、评估并比较。"],
  patients: ["Virtual patients", "虚拟患者"],
  patientsNote: ["{n} variables drawn for each", "每人抽取 {n} 个变量"],
  product: ["Product", "产品"],
  lots: ["with lots", "含批次"],
  regimen: ["Regimen", "给药方案"],
  arms: ["{n} arms", "{n} 个组"],
  arm: ["1 arm", "1 个组"],
  unknowns: ["Unknowns", "未知参数"],
  unknownsNote: ["{n} drawn for each replicate", "每次重复抽取 {n} 个"],
  model: ["Model", "模型"],
  parameters: ["{n} parameters read", "读取 {n} 个参数"],
  watch: ["Observation", "观察"],
  watchNote: ["visits, blood, grades", "影像、血样、分级"],
  score: ["Scoring", "评估"],
  endpoints: ["Endpoints", "终点"],
  endpointsNote: ["{n} replicates", "{n} 次重复"],
  published: ["Published figures", "已发表结果"],
  publishedNote: ["{n} compared", "对比 {n} 项"],
});

interface Box {
  title: string;
  note: string;
}

/** Text in lines no wider than `width`, px. */
export function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/[\u2e80-\uffef]|[^\s/\u2e80-\uffef]+\/?\s*|\//g) ?? []) {
    if (line && textWidth((line + word).trimEnd(), size) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
  }
  return line ? [...lines, line.trimEnd()] : lines;
}

const PAD = 10, GAP = 14, LINE = 16;

function Boxes({ boxes, columns, width, y }: { boxes: Box[]; columns: number; width: number; y: number }) {
  const w = (width - GAP * (columns - 1)) / columns, h = rowHeight(boxes, columns, width);
  return (
    <>
      {boxes.map((b, i) => {
        const x = (i % columns) * (w + GAP), top = y + Math.floor(i / columns) * (h + GAP);
        const title = wrap(b.title, w - 2 * PAD, 13.5), note = wrap(b.note, w - 2 * PAD, 11.5);
        return (
          <g>
            <rect x={x} y={top} width={w} height={h} rx={5} fill="var(--panel)" stroke="var(--soft)" />
            {title.map((t, k) => <text x={x + PAD} y={top + 19 + k * LINE} font-size="13.5" font-weight="600">{t}</text>)}
            {note.map((t, k) => <text x={x + PAD} y={top + 19 + (title.length + k) * LINE} font-size="11.5" fill="var(--soft)">{t}</text>)}
          </g>
        );
      })}
    </>
  );
}
function rowHeight(boxes: Box[], columns: number, width: number): number {
  const w = (width - GAP * (columns - 1)) / columns - 2 * PAD;
  return 14 + LINE * Math.max(...boxes.map((b) => wrap(b.title, w, 13.5).length + wrap(b.note, w, 11.5).length));
}
const height = (boxes: Box[], columns: number, width: number) => { const rows = Math.ceil(boxes.length / columns); return rows * rowHeight(boxes, columns, width) + (rows - 1) * GAP; };

function Arrow({ x, y }: { x: number; y: number }) {
  return <path d={`M${x} ${y + 2}v16m-5 -6l5 6l5 -6`} fill="none" stroke="currentColor" stroke-width="1.5" />;
}

function Drawing({ rows, width, columns, kind }: { rows: Box[][]; width: number; columns: number; kind: string }) {
  let y = 1;
  const parts = rows.map((boxes, i) => {
    const n = Math.min(columns, boxes.length), top = y, h = height(boxes, n, width - 2);
    y += h + 22;
    return <>{i > 0 && <Arrow x={width / 2} y={top - 22} />}<g transform="translate(1 0)"><Boxes boxes={boxes} columns={n} width={width - 2} y={top} /></g></>;
  });
  return <svg class={`diagram ${kind}`} role="img" aria-label={T.label} viewBox={`0 0 ${width} ${y - 20}`} fill="currentColor" font-family="inherit">{parts}</svg>;
}

export function Diagram({ parts }: { parts: Box[] }) {
  const { model } = usePage();
  const s = model.run.study, n = s.arms.length, figures = Object.values(model.summary.expectations).reduce((sum, r) => sum + r.figures.length, 0);
  const given: Box[] = [
    { title: T.patients, note: `${s.population.file} · ${fill(T.patientsNote, { n: s.population.variables.length })}` },
    ...s.products.slice(0, 3).map((p) => ({ title: `${T.product}${p.lot ? ` (${T.lots})` : ""}`, note: p.file })),
    { title: T.regimen, note: n === 1 ? T.arm : fill(T.arms, { n }) },
    ...(s.unknowns.length ? [{ title: T.unknowns, note: fill(T.unknownsNote, { n: s.unknowns.length }) }] : []),
  ];
  const model0: Box[] = parts.length ? parts : [{ title: T.model, note: `${s.model} · ${fill(T.parameters, { n: model.summary.parameters.length })}` }];
  const trial: Box[] = [
    { title: T.watch, note: T.watchNote },
    { title: T.score, note: s.assess.every > 0 ? s.assess.criteria : "" },
    { title: T.endpoints, note: fill(T.endpointsNote, { n: model.summary.replicates }) },
    ...(figures ? [{ title: T.published, note: fill(T.publishedNote, { n: figures }) }] : []),
  ];
  const rows = [given, model0, trial];
  return <figure class="plain"><Drawing rows={rows} width={760} columns={4} kind="wide" /><Drawing rows={rows} width={330} columns={2} kind="narrow" /></figure>;
}
