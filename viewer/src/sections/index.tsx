/* The report's sections, in order. */
import type { ComponentChildren } from "preact";
import * as figures from "../figures";
import { Figure, type FigureSpec } from "../ui/figure";
import { usePage, type Page } from "../ui/context";
import { words } from "../words";
import { Num } from "../ui/num";
import { Claims, claimsOf } from "./claims";
import { Against } from "./comparisons";
import { Context } from "./context";
import { Endpoints } from "./endpoints";
import { Glance } from "./glance";
import { Glossary } from "./glossary";
import { Adequacy, Limitations } from "./limits";
import { ModelView } from "./modelview";
import { Parameters } from "./parameters";
import { Published } from "./published";
import { DataUsed, Reproduction, Verification } from "./record";
import { StudyAsked } from "./study";
import { Spread, Unknowns } from "./unknowns";

export interface SectionSpec {
  id: string;
  part: "results" | "model" | "record"; // of the contents
  title: () => string;
  present: (p: Page) => boolean;
  body: () => ComponentChildren;
}

const T = words({
  glance: ["At a glance", "概览"],
  endpoints: ["Endpoints", "终点"],
  survival: ["Survival", "生存"],
  response: ["Response of the tumour", "肿瘤疗效"],
  cells: ["Cells, markers and toxicity", "细胞、标志物与毒性"],
  validation: ["Published against simulated", "已发表结果与模拟结果对比"],
  uncertainty: ["Uncertainty", "不确定性"],
  population: ["Virtual patients and lots", "虚拟患者与批次"],
  failures: ["Failures", "失败"],
  context: ["Question and context of use", "研究问题与使用情境"],
  study: ["The study as asked", "研究设计"],
  claims: ["What the claims would need", "论断成立的条件"],
  model: ["Model and assumptions", "模型与假设"],
  parameters: ["Parameters and their sources", "参数及其来源"],
  data: ["Data and their use", "数据及其用途"],
  verification: ["Verification", "验证（verification）"],
  limits: ["Limitations", "局限性"],
  adequacy: ["Adequacy", "充分性"],
  reproduction: ["The same again", "重现"],
  glossary: ["Glossary", "术语"],
  nobody: ["No patient failed.", "无患者模拟失败。"],
  failedText: [" patients failed to integrate. They are left out of every figure; failures.csv of the run says who, when and why.", " 名患者数值积分失败，已从所有结果中剔除；何人、何时、何故见运行文件夹中的 failures.csv。"],
});

function Figures({ list }: { list: FigureSpec[] }) {
  const page = usePage();
  return <>{list.filter((f) => f.present(page)).map((f) => <Figure key={f.id} spec={f} />)}</>;
}
function Failures() {
  const { summary } = usePage().model;
  return <p>{summary.failed === 0 ? T.nobody : <><Num path="failed" unit="count" />{T.failedText}</>}</p>;
}
const any = (list: FigureSpec[]) => (p: Page) => list.some((f) => f.present(p));
const always = () => true;

const claimed = (p: Page) => claimsOf(p.model.summary).length > 0;

export const sections: SectionSpec[] = [
  { id: "glance", part: "results", title: () => T.glance, present: always, body: () => <Glance /> },
  { id: "context", part: "results", title: () => T.context, present: always, body: () => <Context /> },
  { id: "study", part: "results", title: () => T.study, present: always, body: () => <StudyAsked /> },
  { id: "endpoints", part: "results", title: () => T.endpoints, present: always, body: () => <><Endpoints /><Against /></> },
  { id: "survival", part: "results", title: () => T.survival, present: any(figures.survivalFigures), body: () => <Figures list={figures.survivalFigures} /> },
  { id: "response", part: "results", title: () => T.response, present: any(figures.responseFigures), body: () => <Figures list={figures.responseFigures} /> },
  { id: "cells", part: "results", title: () => T.cells, present: any(figures.cellFigures), body: () => <Figures list={figures.cellFigures} /> },
  { id: "validation", part: "model", title: () => T.validation, present: always, body: () => <><Figures list={figures.validationFigures} /><Published /></> },
  { id: "claims", part: "model", title: () => T.claims, present: claimed, body: () => <Claims /> },
  { id: "uncertainty", part: "model", title: () => T.uncertainty, present: always, body: () => <><Figures list={figures.uncertaintyFigures} /><Spread /><Unknowns /></> },
  { id: "population", part: "model", title: () => T.population, present: any(figures.populationFigures), body: () => <Figures list={figures.populationFigures} /> },
  { id: "model", part: "model", title: () => T.model, present: always, body: () => <ModelView /> },
  { id: "parameters", part: "model", title: () => T.parameters, present: always, body: () => <Parameters /> },
  { id: "data", part: "model", title: () => T.data, present: always, body: () => <DataUsed /> },
  { id: "verification", part: "record", title: () => T.verification, present: always, body: () => <Verification /> },
  { id: "failures", part: "record", title: () => T.failures, present: always, body: () => <><Failures /><Figures list={figures.failureFigures} /></> },
  { id: "limitations", part: "record", title: () => T.limits, present: always, body: () => <Limitations /> },
  { id: "adequacy", part: "record", title: () => T.adequacy, present: always, body: () => <Adequacy /> },
  { id: "reproduction", part: "record", title: () => T.reproduction, present: always, body: () => <Reproduction /> },
  { id: "glossary", part: "record", title: () => T.glossary, present: always, body: () => <Glossary /> },
];
