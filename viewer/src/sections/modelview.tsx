/* The model and what it assumes. Statements about the core model are those of docs/biology. */
import type { ComponentChildren } from "preact";
import { plain } from "../format";
import { mechanismName } from "../mechanisms";
import { usePage, type Page } from "../ui/context";
import { Blank, Facts, Wide } from "../ui/parts";
import { fill, words } from "../words";
import { Diagram } from "./diagram";
import { spanText } from "./study";

const T = words({
  parts: ["Files of the model", "模型文件"],
  file: ["File", "文件"],
  says: ["What it holds", "内容"],
  core: [
    "Product cells: traffic, activation, a limited number of doublings, memory, exhaustion, rejection, help to T cells. Recognition: CAR, TCR, missing self, CD16, engagers. Outcome: the hazards of death and of new lesions follow the patient's own burden and growth.",
    "产品细胞：迁移、活化、有限次数的倍增、记忆、耗竭、排斥、对 T 细胞的辅助。识别：CAR、TCR、缺失自我、CD16、衔接分子。结局：死亡与新病灶的风险取决于患者自身的肿瘤负荷与生长。",
  ],
  lesion: ["Sites of disease: two tumour clones, product cells, the patient's T and NK cells. Only a perfused rim is reached.", "病灶：两个肿瘤克隆、产品细胞、患者自身的 T 细胞与 NK 细胞。仅灌注边缘可达。"],
  host: ["The patient's lymphocytes, IL-15, suppressor cells and NK cells, and what stress, surgery and drugs do to them.", "患者的淋巴细胞、IL-15、抑制性细胞与 NK 细胞，以及应激、手术和药物对其影响。"],
  drugs: ["How a dose becomes a concentration and an occupied receptor.", "剂量如何转化为浓度与受体占有率。"],
  metastasis: ["Tumour cells in blood, and foci too small to see: shedding, dormancy, waking.", "循环肿瘤细胞及不可见的微小病灶：脱落、休眠、苏醒。"],
  toxicity: ["Cytokine release and its rescue, effects on the nervous system, normal tissue, late events.", "细胞因子释放及其救治、神经系统影响、正常组织、远期事件。"],
  docs: ["Equations, their origin and what is unknown: docs/biology/ of Perforin's sources, one page a part.", "方程、来源与未知之处：见 Perforin 源代码中的 docs/biology/，每部分一页。"],
  coreT: ["Product cells, recognition, outcome", "产品细胞、识别、结局"],
  lesionT: ["Lesions", "病灶"],
  hostT: ["Host", "宿主"],
  drugsT: ["Drugs", "药物"],
  metastasisT: ["Spread", "播散"],
  toxicityT: ["Toxicity", "毒性"],
  off: ["What is switched off", "关闭的机制"],
  none: ["Nothing is switched off in any arm.", "各组均未关闭任何机制。"],
  without: ["{arm}: without {list}", "{arm}：关闭 {list}"],
  assumptions: ["What is assumed", "假设"],
  aPatients: ["Each virtual patient is drawn from the distributions of {file} by itself; what goes together does so only as far as that file says.", "每名虚拟患者均独立地由 {file} 中的分布抽取；变量间的相关仅限于该文件所述。"],
  aUnknown: ["{n} unknown parameters are drawn once for each replicate and shared by all its patients.", "{n} 个未知参数在每次重复中抽取一次，由该次全部患者共用。"],
  aOne: ["A product, a regimen and a disease are values of one model's parameters; the equations and the parameters of kind biology are the same in all studies.", "产品、方案与疾病都是同一模型的参数取值；方程及生物学类参数在所有研究中相同。"],
  aSmall: ["Populations below 100 cells change by births and deaths of single cells, and may become extinct; larger ones follow differential equations.", "少于 100 个的细胞群按单个细胞的生灭变化，可能灭绝；较大的细胞群服从微分方程。"],
  aHazard: ["A patient dies, or gets a new lesion or a counted event, when its cumulative hazard passes a random threshold of the patient's own.", "当累积风险超过患者自身的随机阈值时，发生死亡、新病灶或所计事件。"],
  aImage: ["Diameters are measured with an error of {e} % each, at visits within {w} of their plan.", "每个直径的测量误差为 {e} %，访视偏差不超过 {w}。"],
  aDropout: ["Patients leave at a constant rate, whatever their state.", "患者以恒定速率脱落，与状态无关。"],
  aPaired: ["The arms hold the same people with the same chance events.", "各组为同一批患者，随机事件相同。"],
  aPlan: ["Everybody is treated as planned, but for progression, death, dropout, and the delays, lots and rescues that the study's files describe.", "除进展、死亡、脱落及研究文件所述的延迟、批次与救治外，均按计划治疗。"],
  aForm: ["The form of the model itself is one of several that are possible. No interval on this page contains the uncertainty of that choice.", "模型的结构只是多种可能之一；本页任何区间都不包含这一选择的不确定性。"],
  rationale: ["Why this model for this question", "为何以此模型回答此问题"],
  list: [", ", "、"],
});

const CORE = ["core", "lesion", "host", "drugs", "metastasis", "toxicity"] as const;

/** The files of the core model that the run read. */
function coreFiles(p: Page): { key: (typeof CORE)[number]; file: string }[] {
  if (!/(^|\/)core\.ant$/.test(p.model.run.study.model)) return [];
  const files = p.model.run.inputs.map((i) => i.file);
  return CORE.flatMap((key) => {
    const file = files.find((f) => (key === "core" ? /(^|\/)core\.ant$/.test(f) : f.endsWith(`core/${key}.ant`)));
    return file ? [{ key, file }] : [];
  });
}

function assumptions(p: Page, core: boolean): string[] {
  const s = p.model.run.study, out = [fill(T.aPatients, { file: s.population.file })];
  if (s.unknowns.length) out.push(fill(T.aUnknown, { n: s.unknowns.length }));
  if (core) out.push(T.aOne, T.aSmall);
  out.push(T.aHazard, T.aPlan);
  if (s.assess.every > 0) out.push(fill(T.aImage, { e: plain(Math.round(s.assess.error * 1e4) / 100), w: spanText(s.assess.window) }));
  if (s.dropout > 0) out.push(T.aDropout);
  if (s.allocation === "paired") out.push(T.aPaired);
  out.push(T.aForm);
  return out;
}

function Off() {
  const s = usePage().model.run.study;
  const arms = s.arms.filter((a) => a.without.length);
  return arms.length ? <ul>{arms.map((a) => <li>{fill(T.without, { arm: a.name, list: a.without.map((w) => `${mechanismName(w)} (${w})`).join(T.list) })}</li>)}</ul> : <p>{T.none}</p>;
}

export function ModelView(): ComponentChildren {
  const page = usePage(), files = coreFiles(page);
  return (
    <>
      <Diagram parts={files.map((f) => ({ title: T[`${f.key}T`], note: f.file }))} />
      {files.length > 0 && (
        <>
          <h3>{T.parts}</h3>
          <Wide label={T.parts} small>
            <thead><tr><th scope="col">{T.file}</th><th scope="col">{T.says}</th></tr></thead>
            <tbody>{files.map((f) => <tr><th scope="row"><code>{f.file}</code></th><td>{T[f.key]}</td></tr>)}</tbody>
          </Wide>
          <p class="note">{T.docs}</p>
        </>
      )}
      <h3>{T.off}</h3>
      <Off />
      <h3>{T.assumptions}</h3>
      <ul>{assumptions(page, files.length > 0).map((t) => <li>{t}</li>)}</ul>
      <Facts rows={[[T.rationale, <Blank />]]} />
    </>
  );
}
