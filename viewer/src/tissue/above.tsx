/* What lies above the picture: a length, the handle of the plane that cuts, a ring around the marked cell. */
import { useRef } from "preact/hooks";
import { words } from "../words";
import type { Point, Run } from "./data";
import { roundLength, um } from "./format";
import { AXES, type Cut, type TissueScene } from "./scene";

const T = words({
  length: ["{n} in the middle of the picture", "画面中央处的 {n}"],
  drag: ["Plane that cuts: drag it, or use the arrow keys", "剖切面：可拖动，或使用方向键"],
});

/** `scale`: CSS pixels of 1 um. */
export function ScaleBar({ scale }: { scale: number }) {
  if (!(scale > 0) || !Number.isFinite(scale)) return null;
  const length = roundLength(150 / scale);
  return <div class="scale" title={T.length.replace("{n}", um(length))}><span style={{ width: `${length * scale}px` }} />{um(length)}</div>;
}

export function Ring({ scene, place, radius }: { scene: TissueScene; place: Point; radius: number }) {
  const at = scene.project(place), r = Math.max(6, radius * at.scale + 3);
  return <div class="ring" aria-hidden="true" style={{ left: `${at.x - r}px`, top: `${at.y - r}px`, width: `${2 * r}px`, height: `${2 * r}px` }} />;
}

/** Moves along its axis as the pointer does on the screen. */
export function CutHandle({ scene, clip, run, set }: { scene: TissueScene; clip: Cut; run: Run; set: (at: number) => void }) {
  const from = useRef<{ x: number; y: number; at: number } | null>(null);
  const k = AXES.indexOf(clip.axis), [u, v] = [0, 1, 2].filter((x) => x !== k), { low, high } = run.domain;
  // At the middle of the border that is highest on the screen.
  const borders = [[u, low], [u, high], [v, low], [v, high]] as [number, Point][];
  const spots = borders.map(([axis, end]) => {
    const q: Point = [0, 1, 2].map((i) => (low[i] + high[i]) / 2) as Point;
    q[k] = clip.at;
    q[axis] = end[axis];
    return q;
  });
  const at = spots.map((q) => ({ q, ...scene.project(q) })).sort((a, b) => a.y - b.y)[0];
  const limit = (x: number) => Math.min(high[k], Math.max(low[k], x));
  const move = (e: PointerEvent) => {
    if (!from.current) return;
    const a = at.q.slice() as Point, b = at.q.slice() as Point;
    a[k] = from.current.at;
    b[k] = from.current.at + 1;
    const p = scene.project(a), q = scene.project(b), dx = q.x - p.x, dy = q.y - p.y, length = dx * dx + dy * dy;
    if (length > 1e-8) set(limit(from.current.at + ((e.clientX - from.current.x) * dx + (e.clientY - from.current.y) * dy) / length));
  };
  const key = (e: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[e.key];
    if (!step) return;
    e.preventDefault();
    set(limit(clip.at + (step * (high[k] - low[k])) / 100));
  };
  return (
    <div class="cut-handle" role="slider" tabIndex={0} aria-label={T.drag} aria-valuemin={low[k]} aria-valuemax={high[k]} aria-valuenow={Math.round(clip.at)} aria-valuetext={`${clip.axis} = ${um(clip.at)}`}
      style={{ left: `${Math.min(scene.canvas.clientWidth - 20, Math.max(20, at.x))}px`, top: `${Math.min(scene.canvas.clientHeight - 20, Math.max(20, at.y))}px` }} onKeyDown={key}
      onPointerDown={(e) => { from.current = { x: e.clientX, y: e.clientY, at: clip.at }; e.currentTarget.setPointerCapture(e.pointerId); }}
      onPointerMove={move} onPointerUp={() => { from.current = null; }}>{clip.axis}</div>
  );
}
