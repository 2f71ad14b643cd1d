/* Figures of the trial as a whole, by section. */
import type { FigureSpec } from "../ui/figure";
import { expectations } from "./expectations";
import { power } from "./power";
import { replicates } from "./replicates";
import { unknowns } from "./unknowns";

export const validationFigures: FigureSpec[] = [expectations];
export const uncertaintyFigures: FigureSpec[] = [replicates, power, unknowns];
export const populationFigures: FigureSpec[] = [];
export const failureFigures: FigureSpec[] = [];
