/* Figures of the trial as a whole, by section. */
import type { FigureSpec } from "../ui/figure";
import { expectations } from "./expectations";
import { replicates } from "./replicates";

export const validationFigures: FigureSpec[] = [expectations];
export const uncertaintyFigures: FigureSpec[] = [replicates];
export const populationFigures: FigureSpec[] = [];
export const failureFigures: FigureSpec[] = [];
