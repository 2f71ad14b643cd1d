/* Figures of the trial as a whole, by section. */
import type { FigureSpec } from "../ui/figure";
import { correlation } from "./correlation";
import { expectations } from "./expectations";
import { failures } from "./failures";
import { flow } from "./flow";
import { lotDelays, lotQuality, lots } from "./lots";
import { covariate, sources } from "./population";
import { power } from "./power";
import { replicates } from "./replicates";
import { unknowns } from "./unknowns";

export const validationFigures: FigureSpec[] = [expectations];
export const uncertaintyFigures: FigureSpec[] = [replicates, power, unknowns];
export const populationFigures: FigureSpec[] = [flow, sources, covariate, correlation, lots, lotDelays, lotQuality];
export const failureFigures: FigureSpec[] = [failures];
