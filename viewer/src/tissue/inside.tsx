/* Where things are at the moment that is looked at: profiles from the middle outwards, and how deep killers have come. */
import * as Plot from "@observablehq/plot";
import { significant, unitText } from "../format";
import type { FigureSpec } from "../ui/figure";
import { plot } from "../ui/plot";
import type { TableData } from "../ui/table";
import { fill, words } from "../words";
import { centreType, useTissue, type Lesion, type Tissue } from "./context";
import type { Point } from "./data";
import { time } from "./format";
import { attributeProfile, centroid, densityProfile, depths, fieldProfile, radiusOf, shellVolumes, type Bin } from "./profile";
import { opacityOf } from "./state";

const T = words({
  profile: ["Radial profile", "径向分布"],
  density: ["density of living cells", "存活细胞密度"],
  densityUnit: ["cells per mm³", "个细胞/mm³"],
  mean: ["mean {name}", "{name} 平均值"],
  cells: ["{name} (cells)", "{name}（细胞）"],
  field: ["{name} (field)", "{name}（场）"],
  quantity: ["Show", "显示"],
  centre: ["distance from the middle of", "距离起点："],
  distance: ["distance from the middle of {name} (µm)", "与 {name} 中心的距离（µm）"],
  caption: ["At {time}, in shells of {width} µm around the mean position of living {name}{edge}.{thin} The part of a shell outside of the domain does not count; a density needs a tenth of its shell inside.", "{time}，以存活 {name} 的平均位置为中心、厚 {width} µm 的球壳{edge}。{thin}球壳在区域之外的部分不计；至少十分之一的球壳在区域内才给出密度。"],
  edge: [" (dotted: the radius that holds 95 % of {name}, {r} µm)", "（点线：包含 95 % {name} 的半径，{r} µm）"],
  thin: [" Computed from {shown} of {cells} cells.", "由 {cells} 个细胞中的 {shown} 个计算。"],
  dashed: [" Dashed: {name}.", "虚线：{name}。"],
  attributeNote: [" Means are of living cells of the types that are shown.", "平均值取自所显示类型的存活细胞。"],
  from: ["from (µm)", "自（µm）"],
  to: ["to (µm)", "至（µm）"],
  n: ["n", "数量"],
  depth: ["Depth of killers", "杀伤细胞的深度"],
  depthAxis: ["depth below the surface of {name} (µm)", "距 {name} 表面的深度（µm）"],
  depthY: ["living killers", "存活的杀伤细胞"],
  depthCaption: ["At {time}: living killers by how deep they are below the ball around the middle of {name} that holds 95 % of them (radius {r} µm). Above 0 they are inside: {inside}.{thin}", "{time}：存活杀伤细胞相对于包含 95 % {name} 的球面（半径 {r} µm）的深度。大于 0 表示在内部：{inside}。{thin}"],
  share: ["{n} of {m} {name}, median depth {d} µm", "{m} 个 {name} 中 {n} 个，中位深度 {d} µm"],
  nobody: ["There are no such cells at this moment.", "此时没有这类细胞。"],
});

const WIDTH = 20; // of a shell, um

interface Where {
  o: Point;
  type: number;
  name: string;
  radius: number | null;
}
/** Of the frame asked for last: several figures and their texts ask for the same. */
const known = new WeakMap<object, Where | null>();
function where(p: Tissue, l: Lesion): Where | null {
  if (!l.cells) return null;
  const type = centreType(l.run, p.view.centre), before = known.get(l.cells);
  if (before !== undefined && (before === null ? l.run.types.length === 1 : before.type === type)) return before;
  const o = centroid(l.cells, type), found = o ? { o, type, name: l.run.types[type].name, radius: radiusOf(l.cells, type, o) } : null;
  known.set(l.cells, found);
  return found;
}

interface Curve {
  name: string;
  colour: string;
  dash: string;
  bins: Bin[];
}
/** The curves of the chosen quantity, and what they are. */
function curves(p: Tissue, l: Lesion, w: Where, dash: string): { curves: Curve[]; label: string } {
  const c = l.cells!, volumes = shellVolumes(w.o, WIDTH, l.run.domain.low, l.run.domain.high), choice = p.view.profile;
  const a = choice.startsWith("a.") ? l.run.attributes.findIndex((x) => x.name === choice.slice(2)) : -1;
  const f = choice.startsWith("f.") ? l.run.substances.findIndex((x) => x.name === choice.slice(2)) : -1;
  const unit = (text: string) => (unitText(text) ? ` (${unitText(text)})` : "");
  if (a >= 0) {
    const x = l.run.attributes[a];
    return { label: `${fill(T.mean, { name: x.name })}${unit(x.unit)}`, curves: [{ name: x.name, colour: "currentColor", dash, bins: attributeProfile(c, x, a, (t) => opacityOf(p.view, t) > 0, w.o, WIDTH, volumes.length) }] };
  }
  if (f >= 0 && l.grid && f < l.grid.byte.length) {
    const x = l.run.substances[f];
    return { label: `${fill(T.mean, { name: x.name })}${unit(x.unit)}`, curves: [{ name: x.name, colour: "currentColor", dash, bins: fieldProfile(l.grid, f, w.o, WIDTH, volumes.length) }] };
  }
  return { label: `${T.density} (${T.densityUnit})`, curves: l.run.types.map((t, i) => ({ name: t.name, colour: l.colours[i], dash, bins: densityProfile(c, i, true, w.o, WIDTH, volumes) })).filter((k) => k.bins.some((b) => b.n)) };
}

function drawProfile(p: Tissue, width: number): SVGSVGElement[] {
  const w = where(p, p.lesion);
  if (!w) return [];
  const { curves: own, label } = curves(p, p.lesion, w, ""), other = p.beside && where(p, p.beside), all = [...own, ...(other ? curves(p, p.beside!, other, "5 4").curves : [])];
  const last = Math.max(...all.map((c) => c.bins.reduce((m, b, i) => (b.n ? i : m), 0)), 1);
  const top = Math.max(0, ...all.flatMap((c) => c.bins.map((b) => b.value ?? 0)));
  const rows = all.map((c) => c.bins.slice(0, last + 1).map((b) => ({ x: (b.low + b.high) / 2, y: b.value })));
  return [plot({
    width, height: 264, marginTop: 30, marginBottom: 40, marginLeft: 68, marginRight: 20,
    x: { label: fill(T.distance, { name: w.name }), domain: [0, (last + 1) * WIDTH], labelAnchor: "center", labelArrow: "none" },
    y: { label, grid: true, ...(top > 0 ? { domain: [0, 1.1 * top] } : {}), labelArrow: "none", tickFormat: (y: number) => significant(y) },
    marks: [
      Plot.ruleY([0]), w.radius !== null && w.radius < (last + 1) * WIDTH ? Plot.ruleX([w.radius], { strokeDasharray: "2 3", strokeOpacity: 0.8 }) : null,
      all.map((c, i) => Plot.lineY(rows[i], { x: "x", y: "y", stroke: c.colour, strokeWidth: 2, strokeDasharray: c.dash, curve: "monotone-x" })),
      all.map((c, i) => Plot.dot(rows[i], { x: "x", y: "y", fill: c.colour, r: 2.2 })),
      all.length > 1 ? own.map((c, i) => Plot.text([rows[i].reduce((m, r) => ((r.y ?? -1) > (m.y ?? -1) ? r : m), rows[i][0])], { x: "x", y: "y", text: [c.name], dy: -9, dx: 6, textAnchor: "start", fontSize: 12.5 })) : null,
    ],
  })];
}

function ProfileChoice() {
  const { view, change, lesion } = useTissue(), { run } = lesion;
  return (
    <p class="beside">
      <label>{T.quantity}{" "}
        <select value={view.profile} onChange={(e) => change({ profile: e.currentTarget.value })}>
          <option value="density">{T.density}</option>
          {run.attributes.map((a) => <option value={`a.${a.name}`}>{fill(T.cells, { name: a.name })}</option>)}
          {run.substances.map((s) => <option value={`f.${s.name}`}>{fill(T.field, { name: s.name })}</option>)}
        </select>
      </label>{" "}
      <label>{T.centre}{" "}
        <select value={String(centreType(run, view.centre))} onChange={(e) => change({ centre: Number(e.currentTarget.value) })}>{run.types.map((t, i) => <option value={String(i)}>{t.name}</option>)}</select>
      </label>
    </p>
  );
}

const thinned = (l: Lesion): string => (l.cells && l.cells.n < l.cells.total ? fill(T.thin, { shown: l.cells.n, cells: l.cells.total }) : "");

export const profileFigure: FigureSpec<Tissue> = {
  id: "profile",
  title: () => T.profile,
  present: (p) => p.lesion.run.film.length > 0,
  draw: drawProfile,
  beside: () => <ProfileChoice />,
  caption: (p) => {
    const w = where(p, p.lesion);
    if (!w) return T.nobody;
    const edge = w.radius === null ? "" : fill(T.edge, { name: w.name, r: Math.round(w.radius) });
    return fill(T.caption, { time: time(p.lesion.cells!.minute), width: WIDTH, name: w.name, edge, thin: thinned(p.lesion) }) + (p.view.profile.startsWith("a.") ? T.attributeNote : "") + (p.beside ? fill(T.dashed, { name: p.beside.run.label }) : "");
  },
  table: (p): TableData => {
    const w = where(p, p.lesion);
    if (!w) return { columns: [{ label: T.from }], rows: [] };
    const { curves: all, label } = curves(p, p.lesion, w, ""), bins = all[0]?.bins ?? [];
    const columns = all.flatMap((c) => [{ label: all.length > 1 ? `${c.name}, ${label}` : label, number: true }, { label: `${c.name}, ${T.n}`, number: true }]);
    return { columns: [{ label: T.from, number: true }, { label: T.to, number: true }, ...columns], rows: bins.map((b, i) => [b.low, b.high, ...all.flatMap((c) => [c.bins[i].value === null ? null : { show: significant(c.bins[i].value!), raw: c.bins[i].value }, c.bins[i].n])]) };
  },
};

function killerDepths(p: Tissue): { w: Where; all: { type: number; depth: number }[] } | null {
  const { run, cells } = p.lesion, w = where(p, p.lesion);
  if (!w || !cells || w.radius === null) return null;
  return { w, all: depths(cells, (t) => run.types[t]?.killer && t !== w.type, w.o, w.radius) };
}
const median = (x: number[]): number => {
  const s = [...x].sort((a, b) => a - b), m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};
const STEP = 20; // um

export const depthFigure: FigureSpec<Tissue> = {
  id: "depth",
  title: () => T.depth,
  present: (p) => p.lesion.run.film.length > 0 && p.lesion.run.types.some((t) => t.killer) && p.lesion.run.types.some((t) => !t.killer),
  draw: (p, width) => {
    const d = killerDepths(p);
    if (!d || !d.all.length) return [];
    const types = [...new Set(d.all.map((x) => x.type))];
    const bars = types.flatMap((t) => {
      const n = new Map<number, number>();
      for (const x of d.all) if (x.type === t) n.set(Math.floor(x.depth / STEP), (n.get(Math.floor(x.depth / STEP)) ?? 0) + 1);
      return [...n].map(([b, k]) => ({ x1: b * STEP + 0.6, x2: (b + 1) * STEP - 0.6, n: k, t }));
    });
    return [plot({
      width, height: 264, marginTop: 30, marginBottom: 40, marginLeft: 56, marginRight: 20,
      x: { label: fill(T.depthAxis, { name: d.w.name }), labelAnchor: "center", labelArrow: "none", nice: true }, y: { label: T.depthY, grid: true, labelArrow: "none" },
      marks: [Plot.rectY(bars, Plot.stackY({ x1: "x1", x2: "x2", y: "n", fill: (b: { t: number }) => p.lesion.colours[b.t], order: "t" })), Plot.ruleY([0]), Plot.ruleX([0], { strokeDasharray: "2 3" })],
    })];
  },
  caption: (p) => {
    const d = killerDepths(p);
    if (!d || !d.all.length) return T.nobody;
    const inside = [...new Set(d.all.map((x) => x.type))].map((t) => {
      const own = d.all.filter((x) => x.type === t).map((x) => x.depth);
      return fill(T.share, { n: own.filter((x) => x > 0).length, m: own.length, name: p.lesion.run.types[t].name, d: Math.round(median(own)) });
    });
    return fill(T.depthCaption, { time: time(p.lesion.cells!.minute), name: d.w.name, r: Math.round(d.w.radius!), inside: inside.join("; "), thin: thinned(p.lesion) });
  },
  table: (p) => {
    const d = killerDepths(p), all = d?.all ?? [], types = [...new Set(all.map((x) => x.type))], bins = [...new Set(all.map((x) => Math.floor(x.depth / STEP)))].sort((a, b) => a - b);
    return { columns: [{ label: T.from, number: true }, { label: T.to, number: true }, ...types.map((t) => ({ label: p.lesion.run.types[t].name, number: true }))], rows: bins.map((b) => [b * STEP, (b + 1) * STEP, ...types.map((t) => all.filter((x) => x.type === t && Math.floor(x.depth / STEP) === b).length)]) };
  },
};
