/* Where there is no WebGL: a section through the lesion on a plain canvas. */
import type { Point, Run } from "./data";
import { discs, type Picture } from "./paint";
import type { Cells } from "./decode";
import type { Axis, Plane } from "./state";

export interface Section {
  run: Run;
  cells: Cells;
  tint: Uint8Array;
  plane: Plane;
  picture: Picture | null; // of a field in the same plane
  ground: string;
  line: string;
}
/** How the domain lies on a canvas of this size: CSS pixels of 1 um, and of its lower left corner. */
export function lie(run: Run, axis: Axis, width: number, height: number): { scale: number; left: number; bottom: number; u: number; v: number } {
  const k = { x: 0, y: 1, z: 2 }[axis], [u, v] = [0, 1, 2].filter((x) => x !== k), size = run.domain.high.map((h, i) => h - run.domain.low[i]) as Point;
  const scale = Math.min((width - 24) / size[u], (height - 24) / size[v]);
  return { scale, left: (width - scale * size[u]) / 2, bottom: (height + scale * size[v]) / 2, u, v };
}

export function drawSection(canvas: HTMLCanvasElement, s: Section): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const ratio = Math.min(2, devicePixelRatio || 1), width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.scale(ratio, ratio);
  pen.fillStyle = s.ground;
  pen.fillRect(0, 0, width, height);
  const at = lie(s.run, s.plane.axis, width, height), { low, high } = s.run.domain;
  const x = (um: number) => at.left + (um - low[at.u]) * at.scale, y = (um: number) => at.bottom - (um - low[at.v]) * at.scale;
  if (s.picture) drawPicture(pen, s.picture, x(low[at.u]), y(high[at.v]), x(high[at.u]) - x(low[at.u]), y(low[at.v]) - y(high[at.v]));
  for (const d of discs(s.cells, s.plane, (i) => s.tint[4 * i + 3] > 0)) {
    const [r, g, b, a] = s.tint.subarray(4 * d.cell, 4 * d.cell + 4);
    pen.beginPath();
    pen.arc(x(d.u), y(d.v), d.r * at.scale, 0, 2 * Math.PI);
    pen.fillStyle = `rgb(${r} ${g} ${b} / ${(0.75 * a) / 255})`;
    pen.strokeStyle = `rgb(${r * 0.6} ${g * 0.6} ${b * 0.6} / ${a / 255})`;
    pen.fill();
    pen.stroke();
  }
  pen.strokeStyle = s.line;
  pen.strokeRect(x(low[at.u]), y(high[at.v]), x(high[at.u]) - x(low[at.u]), y(low[at.v]) - y(high[at.v]));
}

function drawPicture(pen: CanvasRenderingContext2D, p: Picture, left: number, top: number, width: number, height: number): void {
  const small = document.createElement("canvas");
  small.width = p.width;
  small.height = p.height;
  const image = new ImageData(p.width, p.height);
  // Row 0 of the picture lies at the bottom.
  for (let row = 0; row < p.height; row++) image.data.set(p.rgba.subarray(4 * p.width * row, 4 * p.width * (row + 1)), 4 * p.width * (p.height - 1 - row));
  small.getContext("2d")?.putImageData(image, 0, 0);
  pen.drawImage(small, left, top, width, height);
}
