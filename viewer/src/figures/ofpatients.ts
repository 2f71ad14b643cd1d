/* Figures of single patients and of their blood. */
import type { FigureSpec } from "../ui/figure";
import { dailyGrades, worstGrades } from "./grades";
import { kinetics } from "./kinetics";
import { cytokines, markers } from "./markers";
import { spider } from "./spider";
import { swimmerPlot } from "./swimmer";
import { waterfall } from "./waterfall";

export const responseFigures: FigureSpec[] = [waterfall, spider, swimmerPlot];
export const cellFigures: FigureSpec[] = [kinetics, cytokines, markers, worstGrades, dailyGrades];
