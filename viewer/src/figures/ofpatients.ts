/* Figures of single patients and of their blood. */
import type { FigureSpec } from "../ui/figure";
import { kinetics } from "./kinetics";
import { spider } from "./spider";
import { swimmerPlot } from "./swimmer";
import { waterfall } from "./waterfall";

export const responseFigures: FigureSpec[] = [waterfall, spider, swimmerPlot];
export const cellFigures: FigureSpec[] = [kinetics];
