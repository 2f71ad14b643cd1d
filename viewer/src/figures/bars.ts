/* Shares as bars with their numbers written beside them: counts by arm. */
import { count, fixed, significant } from "../format";
import { el, hover, lines, sheet, text, wrap } from "./draw";

interface ShareBar {
  head?: string; // begins a group
  label: string;
  colour: string;
  n: number;
  of: number;
}

/** Bars on one axis from 0 to 100 %, or to what the largest needs when all are small. */
export function shareBars(rows: ShareBar[], width: number): SVGSVGElement {
  const narrow = width < 520, labelWidth = narrow ? width : Math.min(240, width * 0.3), tail = 150;
  const left = narrow ? 0 : labelWidth + 14, room = width - left - tail;
  const most = Math.max(...rows.map((r) => (r.of ? r.n / r.of : 0))), top = most > 0.5 ? 1 : most > 0.1 ? 0.5 : most > 0 ? 0.1 : 1;
  const parts: SVGElement[] = [];
  let y = 4;
  for (const r of rows) {
    if (r.head) {
      y += y > 4 ? 8 : 0;
      parts.push(text(0, y + 14, r.head, { "font-weight": 600 }));
      y += 22;
    }
    const label = wrap(r.label, labelWidth, 13, 2), share = r.of ? r.n / r.of : 0, size = Math.max(16 * label.length, 18);
    const at = narrow ? y + 16 * label.length + 4 : y + 1;
    const told = r.of ? `${count(r.n)} / ${count(r.of)} (${share > 0 && share < 5e-4 ? significant(100 * share, 2) : fixed(100 * share, 1)} %)` : "–";
    parts.push(el("g", {}, hover(`${r.label}: ${told}`), lines(0, y + 13, label),
      el("rect", { x: left, y: at, width: room, height: 14, fill: "var(--panel)" }),
      el("rect", { x: left, y: at, width: (room * share) / top, height: 14, fill: r.colour }),
      text(left + room + 8, at + 12, told, { "font-size": 12 })));
    y += narrow ? 16 * label.length + 26 : size + 6;
  }
  parts.push(text(left, y + 13, "0", { "font-size": 11, fill: "var(--soft)" }), text(left + room, y + 13, `${100 * top} %`, { "font-size": 11, fill: "var(--soft)", "text-anchor": "end" }));
  return sheet(width, y + 20, ...parts);
}
