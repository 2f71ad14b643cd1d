/* Which figures there are, by section and in order. */
import type { FigureSpec } from "../ui/figure";
import { expectations } from "./expectations";
import { survivalCurves } from "./survival";

export { cellFigures, responseFigures } from "./ofpatients";

export const survivalFigures: FigureSpec[] = [...survivalCurves];
export const validationFigures: FigureSpec[] = [expectations];
export const uncertaintyFigures: FigureSpec[] = [];
export const populationFigures: FigureSpec[] = [];
export const failureFigures: FigureSpec[] = [];
