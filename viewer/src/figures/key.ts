/* The key of a drawing, inside the drawing: signs and their words in rows above the axes, so that a saved figure keeps them. */
import { line as polyline, symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTimes, symbolTriangle, symbolWye } from "d3";

const SYMBOL = { circle: symbolCircle, square: symbolSquare, triangle: symbolTriangle, diamond: symbolDiamond, star: symbolStar, cross: symbolCross, wye: symbolWye, times: symbolTimes } as const;
export type SymbolName = keyof typeof SYMBOL;

export interface KeyItem {
  text: string;
  sign: "box" | "band" | "line" | "text" | "tick" | "none" | SymbolName;
  colour?: string; // of fill or stroke; the text's colour when left out
  fill?: string; // of a box
  opacity?: number;
  hollow?: boolean; // symbols: outline only
  dash?: string;
  glyph?: string; // of sign "text"
  bold?: boolean;
}

const SIGN = 18, GAP = 16, ROW = 19, SIZE = 12;
const SVG = "http://www.w3.org/2000/svg";

/** About how wide a text is, px: letters of East Asia take a square, others a little more than half of one. */
export function textWidth(text: string, size: number): number {
  let w = 0;
  for (const c of text) w += c.codePointAt(0)! > 0x2e7f ? size : size * 0.56;
  return w;
}

/** As much of a text as fits. */
function fitted(text: string, size: number, room: number): string {
  if (textWidth(text, size) <= room) return text;
  let short = text;
  while (short.length > 1 && textWidth(`${short}…`, size) > room) short = short.slice(0, -1);
  return `${short}…`;
}

/** Where each item begins, and the height of all rows. */
export function layoutKey(items: KeyItem[], left: number, width: number): { at: [number, number][]; height: number } {
  const at: [number, number][] = [];
  let x = left, y = 0;
  for (const item of items) {
    const w = (item.sign === "none" ? 0 : SIGN) + textWidth(item.text, SIZE) * (item.bold ? 1.1 : 1);
    if (x > left && x + w > width) {
      x = left;
      y += ROW;
    }
    at.push([x, y]);
    x += w + GAP;
  }
  return { at, height: items.length ? y + ROW : 0 };
}

function element(name: string, attributes: Record<string, string | number | undefined>): SVGElement {
  const e = document.createElementNS(SVG, name) as SVGElement;
  for (const [k, v] of Object.entries(attributes)) if (v !== undefined) e.setAttribute(k, String(v));
  return e;
}

function drawSign(item: KeyItem): SVGElement {
  const colour = item.colour ?? "currentColor";
  switch (item.sign) {
    case "box":
    case "band":
      return element("rect", { x: 0, y: -5, width: 12, height: 10, fill: item.fill ?? colour, "fill-opacity": item.opacity, stroke: item.sign === "box" ? colour : undefined, "stroke-width": 1 });
    case "line":
      return element("path", { d: polyline()([[0, 0], [14, 0]])!, stroke: colour, "stroke-width": 2, "stroke-dasharray": item.dash || undefined, "stroke-opacity": item.opacity, fill: "none" });
    case "tick":
      return element("path", { d: "M5,-5V5", stroke: colour, "stroke-width": 1.5 });
    case "text": {
      const t = element("text", { x: 5, y: 0, dy: "0.35em", "text-anchor": "middle", fill: colour, "font-size": SIZE + 2 });
      t.textContent = item.glyph ?? "";
      return t;
    }
    case "none":
      return element("g", {});
    default: {
      const hollow = item.hollow;
      return element("path", { d: symbol(SYMBOL[item.sign], 46)()!, transform: "translate(5,0)", fill: hollow ? "var(--ground)" : colour, stroke: colour, "stroke-width": 1.2 });
    }
  }
}

/** Puts the key into a drawing whose margin leaves room for it; `top` px from its upper edge. */
export function drawKey(svg: SVGSVGElement, items: KeyItem[], left: number, width: number, top = 4): void {
  const g = element("g", { "aria-hidden": "true", "font-size": SIZE, "text-anchor": "start" });
  const { at } = layoutKey(items, left, width);
  items.forEach((item, i) => {
    const one = element("g", { transform: `translate(${at[i][0]},${at[i][1] + top + ROW / 2})` });
    if (item.sign !== "none") one.append(drawSign(item));
    const t = element("text", { x: item.sign === "none" ? 0 : SIGN, dy: "0.35em", fill: "currentColor", "font-weight": item.bold ? 600 : undefined });
    t.textContent = fitted(item.text, item.bold ? SIZE * 1.1 : SIZE, width - at[i][0] - SIGN);
    if (t.textContent !== item.text) t.append(Object.assign(element("title", {}), { textContent: item.text }));
    one.append(t);
    g.append(one);
  });
  svg.append(g);
}

/** A hatching that is told from a plain colour without seeing the colour. The id is the same for the same colour and slope. */
export function hatch(svg: SVGSVGElement, id: string, colour: string): void {
  const p = element("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  p.append(element("rect", { width: 5, height: 5, fill: "var(--ground)" }), element("rect", { width: 2, height: 5, fill: colour }));
  const defs = element("defs", {});
  defs.append(p);
  svg.prepend(defs);
}
