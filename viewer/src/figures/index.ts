/* Which figures there are, by section and in order. */
import type { FigureSpec } from "../ui/figure";
import { forest } from "./forest";
import { incidence } from "./incidence";
import { survivalCurves } from "./survival";

export { cellFigures, responseFigures } from "./ofpatients";
export { failureFigures, populationFigures, uncertaintyFigures, validationFigures } from "./oftrial";

export const survivalFigures: FigureSpec[] = [...survivalCurves, incidence, forest];
