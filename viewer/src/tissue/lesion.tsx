/* One lesion on the screen: its canvas, and what lies above it (length, plane to drag, marked cell, value under the pointer). */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { unitText, significant } from "../format";
import { fill, words } from "../words";
import { useTissue, type Lesion } from "./context";
import type { Point } from "./data";
import { STATES } from "./data";
import { attributeValue, fieldAt } from "./decode";
import { um } from "./format";
import { fieldScale, meet, meetPlane, places, slicePicture, tints } from "./paint";
import { AXES, TissueScene, type Sight } from "./scene";
import { drawSection, lie } from "./section";
import { ScaleBar, CutHandle, Ring } from "./above";
import type { View } from "./state";
import { STATE_NAMES } from "./statenames";

const T = words({
  canvas: ["The lesion in 3-D: {name}, {time}. Arrows turn it, plus and minus come nearer, Enter marks the cell in the middle.", "三维病灶：{name}，{time}。方向键旋转，加减键缩放，回车键选中中央的细胞。"],
  flat: ["A section through the lesion: {name}, {time}.", "病灶剖面：{name}，{time}。"],
  noGl: ["This browser draws no 3-D (WebGL 2 is missing or switched off): here is a section through the lesion instead.", "此浏览器无法绘制三维图形（缺少或关闭了 WebGL 2），此处改为显示病灶的剖面。"],
  lost: ["The browser has taken the 3-D picture away; it comes back, or with a reload.", "浏览器收回了三维画面；它会自动恢复，或请重新载入页面。"],
  cell: ["{type}, {state}", "{type}，{state}"],
  place: ["place", "位置"],
  radius: ["radius", "半径"],
  close: ["Close", "关闭"],
  picked: ["The marked cell", "选中的细胞"],
  thinned: ["{shown} of {cells} cells are drawn", "绘制了 {cells} 个细胞中的 {shown} 个"],
});

/** Is there WebGL 2? Asked once: a context is costly. */
let webgl: boolean | null = null;
export function hasWebGl(): boolean {
  if (webgl === null) {
    const gl = document.createElement("canvas").getContext("webgl2");
    webgl = gl !== null;
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return webgl;
}
const variable = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const paint = (l: Lesion, view: View): Uint8Array | null => (l.cells ? tints(l.run, l.cells, view, (k, t) => l.film.carries(k, t)) : null);

/** What a picture of the page is put together from. */
export interface Shown {
  canvas: HTMLCanvasElement;
  refresh: () => void; // draws now, so that the canvas can be copied
  scale: () => number; // CSS pixels of 1 um
  minute: () => number; // of what is on the canvas
}

interface Props {
  lesion: Lesion;
  sight: Sight;
  label: string;
  when: string;
  shown: (s: Shown | null) => void;
  dark: boolean;
}

function useVisible(lesion: Lesion): (i: number) => boolean {
  const { view } = useTissue();
  const tint = useMemo(() => paint(lesion, view), [lesion.cells, view.opacity, view.dead, view.colour, view.map]);
  return (i) => tint !== null && tint[4 * i + 3] > 0;
}

/** Keeps the 3-D scene as the choices are. */
function useScene(p: Props, canvas: { current: HTMLCanvasElement | null }, scene: { current: TissueScene | null }, redrawn: () => void): void {
  const { view, change } = useTissue(), { lesion } = p;
  useEffect(() => {
    if (!canvas.current) return undefined;
    const s = new TissueScene(canvas.current, lesion.run, p.sight), box = canvas.current;
    scene.current = s;
    s.drawn.push(redrawn);
    lesion.film.extent().then((far) => { if (scene.current === s) s.fit(far); }, () => undefined); // a frame that cannot be unpacked is told where it is shown
    s.ended(() => change({ camera: p.sight.get() }));
    const watch = new ResizeObserver(() => s.resize(box.clientWidth, box.clientHeight));
    watch.observe(box);
    s.resize(box.clientWidth, box.clientHeight);
    return () => {
      watch.disconnect();
      scene.current = null;
      s.dispose();
    };
  }, [lesion.run]);
  useEffect(() => {
    const s = scene.current, c = lesion.cells;
    if (!s || !c) return;
    s.spheres.set(c.n, places(c), paint(lesion, view)!);
    s.plan();
  }, [lesion.run, lesion.cells, view.opacity, view.dead, view.colour, view.map]);
  useEffect(() => scene.current?.setCut(view.clip), [lesion.run, view.clip]);
  useEffect(() => scene.current?.showBox(view.box), [lesion.run, view.box]);
  useEffect(() => scene.current?.colours(variable("--ground"), variable("--soft"), variable("--link")), [lesion.run, view.theme, p.dark]);
  useEffect(() => {
    const g = lesion.grid, f = view.slice;
    scene.current?.setSlice(f && g && f.substance < g.byte.length ? slicePicture(g, f.substance, f, fieldScale(lesion.run, f.substance)) : null);
  }, [lesion.run, lesion.grid, view.slice]);
}

type Hit = { cell: number } | { place: Point } | null;

/** What lies under a pixel: a cell, a place on the slice, or nothing. */
function hit(s: TissueScene, lesion: Lesion, slice: ReturnType<typeof useTissue>["view"]["slice"], shown: (i: number) => boolean, x: number, y: number): Hit {
  if (!lesion.cells) return null;
  const ray = s.ray(x, y), from: Point = [ray.from.x, ray.from.y, ray.from.z], to: Point = [ray.to.x, ray.to.y, ray.to.z];
  const cell = meet(lesion.cells, from, to, shown, (q) => s.away(q));
  const plane = slice && meetPlane(slice, from, to, lesion.run.domain.low, lesion.run.domain.high);
  if (plane && plane.far < cell.far) return { place: plane.place };
  return cell.cell >= 0 ? { cell: cell.cell } : null;
}

/** "oxygen 23.1 mmHg at (12, -40, 0) µm" */
function useFieldText(lesion: Lesion): (place: Point) => string {
  const { view } = useTissue();
  return (place) => {
    if (!view.slice || !lesion.grid || view.slice.substance >= lesion.grid.byte.length) return "";
    const x = fieldAt(lesion.grid, view.slice.substance, place), s = lesion.run.substances[view.slice.substance];
    return x === null ? "" : `${s.name} ${significant(x)} ${unitText(s.unit)} · (${place.map((v) => Math.round(v)).join(", ")}) µm`;
  };
}

export function CellFacts({ lesion, cell, close }: { lesion: Lesion; cell: number; close: () => void }) {
  const c = lesion.cells, run = lesion.run;
  if (!c || cell >= c.n) return null;
  const state = STATES[c.state[cell]] ?? "alive";
  const rows: [string, string][] = run.attributes.map((a, k) => [a.name, `${significant(attributeValue(a, c.attribute[k][cell]))} ${unitText(a.unit)}`.trim()]);
  return (
    <div class="picked" role="status" aria-label={T.picked}>
      <p><span class="key" style={{ background: lesion.colours[c.type[cell]] }} aria-hidden="true" /><strong>{fill(T.cell, { type: run.types[c.type[cell]]?.name ?? "?", state: STATE_NAMES[state] })}</strong>
        <button type="button" class="link" onClick={close}>{T.close}</button></p>
      <dl>
        <div><dt>{T.place}</dt><dd>({[c.x, c.y, c.z].map((a) => Math.round(a[cell])).join(", ")}) µm</dd></div>
        <div><dt>{T.radius}</dt><dd>{um(c.r[cell])}</dd></div>
        {rows.map(([name, value]) => <div><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
    </div>
  );
}

/** The keys of the canvas; true: it was one of them. */
function turnByKey(s: TissueScene, key: string): boolean {
  const turn: Record<string, [number, number, number]> = { ArrowLeft: [-6, 0, 1], ArrowRight: [6, 0, 1], ArrowUp: [0, 6, 1], ArrowDown: [0, -6, 1], "+": [0, 0, 1 / 1.15], "=": [0, 0, 1 / 1.15], "-": [0, 0, 1.15] };
  if (key === "Home" || key === "0") s.sight.set(null);
  else if (turn[key]) s.turn(...turn[key]);
  else return false;
  return true;
}

export function Lesion3d(p: Props) {
  const { view, change } = useTissue(), { lesion } = p;
  const canvas = useRef<HTMLCanvasElement>(null), scene = useRef<TissueScene | null>(null), down = useRef<[number, number] | null>(null), last = useRef(lesion);
  last.current = lesion;
  const [, setDrawn] = useState(0), [cell, setCell] = useState(-1), [under, setUnder] = useState(""), [lost, setLost] = useState(false);
  useScene(p, canvas, scene, () => setDrawn((n) => n + 1));
  const visible = useVisible(lesion), fieldText = useFieldText(lesion);
  useEffect(() => setCell(-1), [lesion.cells]);
  useEffect(() => {
    const box = canvas.current!, gone = () => setLost(true), back = () => setLost(false);
    box.addEventListener("webglcontextlost", gone);
    box.addEventListener("webglcontextrestored", back);
    return () => { box.removeEventListener("webglcontextlost", gone); box.removeEventListener("webglcontextrestored", back); };
  }, []);
  useEffect(() => {
    p.shown({ canvas: canvas.current!, refresh: () => scene.current?.draw(), scale: () => scene.current?.scale() ?? 0, minute: () => last.current.cells?.minute ?? NaN });
    return () => p.shown(null);
  }, [lesion.run]);
  const find = (x: number, y: number): Hit => (scene.current && lesion.cells ? hit(scene.current, lesion, view.slice, visible, x, y) : null);
  const pick = (x: number, y: number) => {
    const h = find(x, y);
    setCell(h && "cell" in h ? h.cell : -1);
  };
  const key = (e: KeyboardEvent) => {
    const s = scene.current;
    if (!s || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Enter") pick(canvas.current!.clientWidth / 2, canvas.current!.clientHeight / 2);
    else if (e.key === "Escape") setCell(-1);
    else if (!turnByKey(s, e.key)) return;
    else change({ camera: e.key === "Home" || e.key === "0" ? null : p.sight.get() });
    e.preventDefault();
  };
  const move = (e: PointerEvent) => {
    if (e.buttons) return;
    const h = find(e.offsetX, e.offsetY);
    setUnder(!h ? "" : "place" in h ? fieldText(h.place) : lesion.run.types[lesion.cells!.type[h.cell]]?.name ?? "");
  };
  return (
    <div class="scene">
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={fill(T.canvas, { name: p.label, time: p.when })} onKeyDown={key} onPointerMove={move} onPointerLeave={() => setUnder("")}
        onFocus={() => scene.current?.wheel(true)} onBlur={() => scene.current?.wheel(false)}
        onPointerDown={(e) => { down.current = [e.clientX, e.clientY]; canvas.current?.focus({ preventScroll: true }); }}
        onPointerUp={(e) => { if (down.current && Math.hypot(e.clientX - down.current[0], e.clientY - down.current[1]) < 4) pick(e.offsetX, e.offsetY); }} />
      {scene.current && <ScaleBar scale={scene.current.scale()} />}
      {scene.current && view.clip && <CutHandle scene={scene.current} clip={view.clip} run={lesion.run} set={(at) => change({ clip: { ...view.clip!, at } })} />}
      {scene.current && cell >= 0 && lesion.cells && <Ring scene={scene.current} place={[lesion.cells.x[cell], lesion.cells.y[cell], lesion.cells.z[cell]]} radius={lesion.cells.r[cell]} />}
      {under && <p class="under" aria-hidden="true">{under}</p>}
      {lost && <p class="lost">{T.lost}</p>}
      {cell >= 0 && <CellFacts lesion={lesion} cell={cell} close={() => setCell(-1)} />}
      <Thinned lesion={lesion} />
    </div>
  );
}

function Thinned({ lesion }: { lesion: Lesion }) {
  const c = lesion.cells;
  return c && c.n < c.total ? <p class="thinned">{fill(T.thinned, { shown: c.n.toLocaleString("en-US"), cells: c.total.toLocaleString("en-US") })}</p> : null;
}

/** Without WebGL: a section where the cut is, else where the slice is, else through the middle. */
export function LesionFlat(p: Props) {
  const { view } = useTissue(), { lesion } = p, canvas = useRef<HTMLCanvasElement>(null), [size, setSize] = useState(0), [under, setUnder] = useState("");
  const middle = (lesion.run.domain.low[2] + lesion.run.domain.high[2]) / 2, plane = view.clip ?? view.slice ?? { axis: "z" as const, at: middle };
  const draw = () => {
    const c = lesion.cells, g = lesion.grid, f = view.slice;
    if (!canvas.current || !c) return;
    const picture = f && g && f.substance < g.byte.length ? slicePicture(g, f.substance, plane, fieldScale(lesion.run, f.substance)) : null;
    drawSection(canvas.current, { run: lesion.run, cells: c, tint: paint(lesion, view)!, plane, picture, ground: variable("--ground"), line: variable("--soft") });
  };
  const scale = () => (canvas.current ? lie(lesion.run, plane.axis, canvas.current.clientWidth, canvas.current.clientHeight).scale : 1);
  useEffect(draw, [lesion.run, lesion.cells, lesion.grid, view, size, p.dark]);
  useEffect(() => {
    const watch = new ResizeObserver(() => setSize(canvas.current?.clientWidth ?? 0));
    if (canvas.current) watch.observe(canvas.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    p.shown({ canvas: canvas.current!, refresh: draw, scale, minute: () => lesion.cells?.minute ?? NaN });
    return () => p.shown(null);
  });
  const fieldText = useFieldText(lesion);
  const move = (e: PointerEvent) => {
    const at = lie(lesion.run, plane.axis, canvas.current!.clientWidth, canvas.current!.clientHeight), q: Point = [0, 0, 0];
    q[AXES.indexOf(plane.axis)] = plane.at;
    q[at.u] = lesion.run.domain.low[at.u] + (e.offsetX - at.left) / at.scale;
    q[at.v] = lesion.run.domain.low[at.v] + (at.bottom - e.offsetY) / at.scale;
    setUnder(fieldText(q));
  };
  return (
    <div class="scene">
      <p class="warning no-webgl">{T.noGl}</p>
      <canvas ref={canvas} class="flat" role="img" aria-label={fill(T.flat, { name: p.label, time: p.when })} onPointerMove={move} onPointerLeave={() => setUnder("")} />
      <ScaleBar scale={size ? scale() : 0} />
      {under && <p class="under" aria-hidden="true">{under}</p>}
      <Thinned lesion={lesion} />
    </div>
  );
}
