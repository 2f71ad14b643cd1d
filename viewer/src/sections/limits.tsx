/* What limits this run: made from the run itself, then what is true of every model. */
import { count } from "../format";
import { measureName } from "../names";
import { usePage, type Page } from "../ui/context";
import { Blank, Facts } from "../ui/parts";
import { fill, words } from "../words";
import { claimsOf } from "./claims";

const T = words({
  here: ["Of this run", "本次运行"],
  always: ["Of every run", "任何运行"],
  changed: ["It ran with changed parameters ({list}): it is not the study as written.", "运行时更改了参数（{list}）：并非研究文件所写的研究。"],
  stopped: ["It is not complete: {n} of {m} replicates.", "运行未完成：{m} 次重复中完成 {n} 次。"],
  one: ["It is a single replicate: chance between trials is not seen, and nothing can be judged.", "仅一次重复：看不到试验间的随机差异，无法作出判定。"],
  provisional: ["Fewer than 200 replicates: quantiles and verdicts are provisional.", "重复不足 200 次：分位数与判定均为暂定。"],
  failed: ["{n} patients failed to integrate and are left out; if failing has to do with their course, figures are biased.", "{n} 名患者数值积分失败并被剔除；若失败与病程有关，结果会有偏差。"],
  missed: ["It misses published figures that did not shape it: {list}.", "与未用于拟合的已发表结果不符：{list}。"],
  missedFit: ["It misses figures that were allowed to shape it: {list}.", "与曾用于拟合的结果不符：{list}。"],
  untested: ["No figure of this run tests the model: nothing stands under predict.", "本次运行没有检验模型的结果：“预测”一栏为空。"],
  noData: ["It is compared with no published figure at all.", "未与任何已发表结果对比。"],
  unpublished: ["{n} parameters that nobody has published are drawn from wide priors: {list}. The intervals contain that uncertainty as far as it was written down.", "{n} 个无人发表过的参数由较宽的先验抽取：{list}。区间仅包含已写明的不确定性。"],
  fixed: ["{n} of the {m} parameters of the model are marked unknown in the table of parameters; those that no file of the study sets are held at one value.", "模型 {m} 个参数中有 {n} 个在参数表中标为未知；未被研究文件设定者固定为单一取值。"],
  claims: ["{n} claims without a traceable source were examined; none of them shaped a parameter.", "考察了 {n} 项无可追溯来源的论断；均未用于确定参数。"],
  subgroup: ["Comparisons of groups that form during the trial (doses, grades) contain the bias that whoever is in them had to live to get there.", "按试验中形成的分组（给药次数、分级）比较时，含有“须存活至此”的偏倚。"],
  model: ["This is a model's answer, not an observation. It is as good as the parameters and their sources.", "这是模型的回答，不是观察结果；其可靠程度取决于参数及其来源。"],
  form: ["The uncertainty of the model's form is in no interval.", "任何区间都不包含模型结构的不确定性。"],
  predict: ["Only figures under predict test the model. Figures under fit shaped it.", "只有“预测”一栏检验模型；“拟合”一栏的结果曾用于建模。"],
  person: ["Nothing here says that a treatment is adequate, safe, or right for a person.", "本页并未说明任何治疗是充分、安全或适合某个人的。"],
  adequacy: ["Adequacy of this evidence for the context of use", "该证据对使用情境是否充分"],
  adequacyNote: ["Perforin never declares its own adequacy. People who know the use, and are answerable for it, do.", "Perforin 从不自行宣告充分性；应由了解用途并承担责任的人判断。"],
  list: ["; ", "；"],
});

/** Limits that follow from the run's own numbers. */
function limitsOf(p: Page): string[] {
  const s = p.model.summary, e = s.expectations, out: string[] = [];
  const missed = (roles: ("fit" | "check" | "predict")[]) => roles.flatMap((r) => (e[r]?.figures ?? []).filter((f) => f.verdict === "miss").map((f) => `${f.arm}, ${measureName(f)}`));
  if (s.changed_parameters?.length) out.push(fill(T.changed, { list: s.changed_parameters.join(", ") }));
  if (s.replicates < s.replicates_planned) out.push(fill(T.stopped, { n: s.replicates, m: s.replicates_planned }));
  if (s.replicates === 1) out.push(T.one);
  else if (s.provisional) out.push(T.provisional);
  if (s.failed > 0) out.push(fill(T.failed, { n: count(s.failed) }));
  const bad = missed(["predict", "check"]), shaped = missed(["fit"]);
  if (bad.length) out.push(fill(T.missed, { list: bad.join(T.list) }));
  if (shaped.length) out.push(fill(T.missedFit, { list: shaped.join(T.list) }));
  if (!Object.values(e).some((r) => r.figures.length)) out.push(T.noData);
  else if (!e.predict?.figures.length) out.push(T.untested);
  const open = s.unknowns.filter((u) => u.unpublished);
  if (open.length) out.push(fill(T.unpublished, { n: open.length, list: open.map((u) => u.name).join(", ") }));
  const unknown = s.parameters.filter((q) => q.unknown);
  if (unknown.length) out.push(fill(T.fixed, { n: unknown.length, m: s.parameters.length }));
  if (claimsOf(s).length) out.push(fill(T.claims, { n: claimsOf(s).length }));
  if (Object.values(e).some((r) => r.figures.some((f) => /\bamong\b/.test(f.label ?? "")))) out.push(T.subgroup);
  return out;
}

export function Limitations() {
  const page = usePage();
  return (
    <>
      <h3>{T.here}</h3>
      <ul>{limitsOf(page).map((t) => <li>{t}</li>)}</ul>
      <h3>{T.always}</h3>
      <ul>{[T.model, T.form, T.predict, T.person].map((t) => <li>{t}</li>)}</ul>
    </>
  );
}

export function Adequacy() {
  return <><Facts rows={[[T.adequacy, <Blank />]]} /><p class="note">{T.adequacyNote}</p></>;
}
