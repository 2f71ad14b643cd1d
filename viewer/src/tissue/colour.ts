/* Colours of cells and fields. Maps are perceptually even; their lightness grows all the way, so that they also read in grey. */
import { interpolateCividis, interpolateMagma, interpolateViridis } from "d3";
import type { Run } from "./data";

export const MAPS = { viridis: interpolateViridis, magma: interpolateMagma, cividis: interpolateCividis } as const;
export type MapName = keyof typeof MAPS;

/** Apart for every kind of colour vision, and 3:1 against both grounds. Killers are cool, others warm. */
const OTHERS = ["#c2607f", "#a8701a", "#8a7a68", "#b3563a"], KILLERS = ["#1f86cc", "#009e78", "#8463b8", "#4a7d1f"];
/** Alive, apoptotic, swelling, lysed. */
export const STATE_COLOURS = ["#2a9d6f", "#d07a00", "#b04a9c", "#80868d"];

export function typeColours(run: Pick<Run, "types">): string[] {
  let killers = 0, others = 0;
  return run.types.map((t) => (t.killer ? KILLERS[killers++ % KILLERS.length] : OTHERS[others++ % OTHERS.length]));
}

export type Rgb = [number, number, number];
/** "#rrggbb" or "rgb(r, g, b)". */
export function rgb(text: string): Rgb {
  if (text[0] === "#") return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16)) as Rgb;
  return (text.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map((x) => Math.round(Number(x))) as Rgb;
}

const tables = new Map<MapName, Uint8Array>();
/** 256 colours, three bytes each. */
export function tableOf(name: MapName): Uint8Array {
  let t = tables.get(name);
  if (!t) {
    t = new Uint8Array(768);
    for (let i = 0; i < 256; i++) t.set(rgb(MAPS[name](i / 255)), 3 * i);
    tables.set(name, t);
  }
  return t;
}
/** The map as a CSS gradient, low at the left. */
export function gradient(name: MapName): string {
  const t = tableOf(name), stops: string[] = [];
  for (let i = 0; i <= 16; i++) {
    const at = 3 * Math.round((255 * i) / 16);
    stops.push(`rgb(${t[at]} ${t[at + 1]} ${t[at + 2]})`);
  }
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
/** Lightness (CIE L*) of a colour, 0 to 100. */
export function lightness([r, g, b]: Rgb): number {
  const linear = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const y = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return y > 216 / 24389 ? 116 * Math.cbrt(y) - 16 : (24389 / 27) * y;
}
