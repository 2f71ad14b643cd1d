/* What the model is asked, and what only its users can say of that. */
import { measureName } from "../names";
import { usePage } from "../ui/context";
import { Blank, Facts } from "../ui/parts";
import { words } from "../words";

const T = words({
  question: ["Question", "研究问题"],
  asked: ["Quantities of interest", "关注的量"],
  use: ["Context of use", "使用情境（COU）"],
  influence: ["Influence of the model on the decision", "模型对决策的影响程度"],
  consequence: ["Consequence of a wrong decision", "错误决策的后果"],
  risk: ["Model risk", "模型风险"],
  goals: ["Acceptance criteria set before the run", "运行前设定的可接受标准"],
  authors: ["Authors and review", "作者与审阅"],
  none: ["the study states none", "研究未说明"],
  systems: ["Systems answered", "对应的疗法条目"],
  note: ["A program cannot know what the result will be used for. These lines stay empty until people fill them in.", "程序无法知道结果将用于何处。以下各项在人员填写之前保持空白。"],
  comma: [", ", "、"],
  semicolon: ["; ", "；"],
});

export function Context() {
  const { model } = usePage();
  const s = model.run.study;
  const figures = Object.values(model.summary.expectations).flatMap((r) => r.figures.map((f) => measureName(f)));
  return (
    <>
      <Facts rows={[
        [T.question, s.question ?? T.none],
        [T.asked, [...new Set(figures)].join(T.semicolon) || T.none],
        ...(s.systems.length ? [[T.systems, `${s.systems.join(T.comma)} (evidence/systems.csv)`] as [string, string]] : []),
      ]} />
      <p class="note">{T.note}</p>
      <Facts rows={[T.use, T.influence, T.consequence, T.risk, T.goals, T.authors].map((name) => [name, <Blank />])} />
    </>
  );
}
