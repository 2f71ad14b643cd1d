/* How covariates of the simulated patients go together. */
import { covariates, type Covariate } from "../covariates";
import { count, fixed } from "../format";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { fill, words } from "../words";
import { el, hover, lines, sheet, text, wrap } from "./draw";
import { whom } from "./whom";

const T = words({
  title: ["Correlation of the covariates", "协变量间的相关"],
  caption: [
    "Pearson's correlation between covariates of the simulated patients, all shown arms together. Solid: they rise together; hatched: one falls as the other rises; the number is the correlation. Of {n} patients, chance alone gives up to ± {b} in 95 % of cases.",
    "模拟患者协变量之间的 Pearson 相关，所示各组合并。实心：同升；斜线：一升一降；数字为相关系数。{n} 名患者中，仅由偶然性在 95 % 情形下可达 ± {b}。",
  ],
  first: ["Drawn are the first of {n} covariates, as many as fit; the table has all pairs.", "图中为 {n} 个协变量中的前若干个；数据表包含全部配对。"],
  space: [" ", ""],
  a: ["covariate", "协变量"],
  b: ["with", "与"],
  r: ["correlation", "相关系数"],
  n: ["patients", "患者数"],
});

/** Pearson's correlation of the pairs of which both exist; NaN below three of them, or where one does not vary. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): { r: number; n: number } {
  let n = 0, mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
    n++;
    const dx = x[i] - mx, dy = y[i] - my;
    mx += dx / n;
    my += dy / n;
    xx += dx * (x[i] - mx);
    yy += dy * (y[i] - my);
    xy += dx * (y[i] - my);
  }
  return { r: n < 3 || xx <= 0 || yy <= 0 ? NaN : xy / Math.sqrt(xx * yy), n };
}

/** What is known of people before treatment: not what was done, nor the standard normals that formulas read. */
function known(p: Page): Covariate[] {
  const latent = new Set(p.model.run.study.population.variables.filter((v) => v.mean === 0 && v.sd === 1).map((v) => v.name));
  return covariates(p.model).filter((c) => c.name !== "DOSES" && c.name !== "INFUSIONS" && !latent.has(c.name));
}
const shown = (r: number) => (Number.isFinite(r) ? fixed(Math.abs(r) < 0.005 ? 0 : r, 2).replace("-", "−") : "–");

function values(p: Page, c: Covariate): Float64Array {
  const x = p.model.patients!.patients.numbers(c.name);
  return Float64Array.from(p.selection.rows, (r) => x[r]);
}

function panel(p: Page, all: Covariate[], width: number): SVGSVGElement {
  const label = Math.min(190, width * 0.34), cell = Math.min(58, (width - label - 4) / (all.length - 1)), high = Math.max(24, Math.min(34, cell));
  const x = all.map((c) => values(p, c)), parts: SVGElement[] = [];
  parts.push(el("defs", {}, el("pattern", { id: "correlation-falls", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, el("rect", { width: 2, height: 5, fill: "var(--bad)" }))));
  for (let i = 1; i < all.length; i++) {
    const y = 6 + (i - 1) * high, name = wrap(all[i].title, label - 8, 12.5, 2);
    parts.push(lines(label - 8, y + high / 2 + 4 - 7 * (name.length - 1), name, { "font-size": 12.5, "text-anchor": "end" }, 13));
    for (let j = 0; j < i; j++) {
      const { r, n } = pearson(x[i], x[j]), at = label + j * cell;
      const told = shown(r);
      parts.push(el("g", {}, hover(`${all[i].title} / ${all[j].title}: ${told} (n ${count(n)})`),
        el("rect", { x: at, y, width: cell - 2, height: high - 2, fill: "var(--panel)" }),
        el("rect", { x: at, y, width: cell - 2, height: high - 2, fill: r < 0 ? "url(#correlation-falls)" : "var(--good)", "fill-opacity": Number.isFinite(r) ? Math.min(0.85, Math.abs(r) * 0.85) : 0 }),
        cell > 27 ? text(at + cell / 2 - 1, y + high / 2 + 4, told, { "font-size": 11.5, "text-anchor": "middle", stroke: "var(--ground)", "stroke-width": 3, "paint-order": "stroke" }) : null));
    }
  }
  const bottom = 10 + (all.length - 1) * high;
  all.slice(0, -1).forEach((c, j) => {
    const x = label + j * cell + cell / 2 + 4, [name] = wrap(c.title, 130, 12, 1);
    parts.push(el("text", { "font-size": 12, "text-anchor": "end", transform: `translate(${x},${bottom + 4}) rotate(-40)` }, name));
  });
  return sheet(width, bottom + 96, ...parts);
}

/** The well known ones first; as many as can be read. */
const most = (width: number) => (width < 480 ? 6 : width < 760 ? 9 : 12);

export const correlation: FigureSpec = {
  id: "correlation",
  title: () => T.title,
  present: (p) => known(p).length > 2 && (p.model.patients?.patients.n ?? 0) > 9,
  draw(p, width) {
    const all = known(p).slice(0, most(width));
    return p.selection.rows.length > 9 && all.length > 2 ? [panel(p, all, width)] : [];
  },
  caption(p) {
    const n = p.selection.rows.length, all = known(p).length;
    return [fill(T.caption, { n: count(n), b: fixed(n > 3 ? Math.min(1, 1.96 / Math.sqrt(n - 1)) : 1, 2) }), all > 6 ? fill(T.first, { n: all }) : "", whom(p)].filter(Boolean).join(T.space);
  },
  table(p) {
    const all = known(p), x = all.map((c) => values(p, c));
    return {
      columns: [{ label: T.a }, { label: T.b }, { label: T.r, number: true }, { label: T.n, number: true }],
      rows: all.flatMap((a, i) => all.slice(0, i).map((b, j) => {
        const { r, n } = pearson(x[i], x[j]);
        return [a.title, b.title, { show: fixed(r, 3), raw: r }, n];
      })),
    };
  },
};
