/* The report's sections, in order. */
import type { ComponentChildren } from "preact";
import * as figures from "../figures";
import { Figure, type FigureSpec } from "../ui/figure";
import { usePage, type Page } from "../ui/context";
import { words } from "../words";
import { Against } from "./comparisons";
import { Endpoints } from "./endpoints";
import { Glance } from "./glance";

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
});

function Figures({ list }: { list: FigureSpec[] }) {
  const page = usePage();
  return <>{list.filter((f) => f.present(page)).map((f) => <Figure key={f.id} spec={f} />)}</>;
}
const any = (list: FigureSpec[]) => (p: Page) => list.some((f) => f.present(p));
const always = () => true;

export const sections: SectionSpec[] = [
  { id: "glance", part: "results", title: () => T.glance, present: always, body: () => <Glance /> },
  { id: "endpoints", part: "results", title: () => T.endpoints, present: always, body: () => <><Endpoints /><Against /></> },
  { id: "survival", part: "results", title: () => T.survival, present: any(figures.survivalFigures), body: () => <Figures list={figures.survivalFigures} /> },
  { id: "response", part: "results", title: () => T.response, present: any(figures.responseFigures), body: () => <Figures list={figures.responseFigures} /> },
  { id: "cells", part: "results", title: () => T.cells, present: any(figures.cellFigures), body: () => <Figures list={figures.cellFigures} /> },
  { id: "validation", part: "results", title: () => T.validation, present: any(figures.validationFigures), body: () => <Figures list={figures.validationFigures} /> },
  { id: "uncertainty", part: "results", title: () => T.uncertainty, present: any(figures.uncertaintyFigures), body: () => <Figures list={figures.uncertaintyFigures} /> },
  { id: "population", part: "results", title: () => T.population, present: any(figures.populationFigures), body: () => <Figures list={figures.populationFigures} /> },
  { id: "failures", part: "record", title: () => T.failures, present: any(figures.failureFigures), body: () => <Figures list={figures.failureFigures} /> },
];
