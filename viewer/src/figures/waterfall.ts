/* Best change of the sum of diameters, patient by patient. */
import * as Plot from "@observablehq/plot";
import type { Page } from "../ui/context";
import type { FigureSpec } from "../ui/figure";
import { RESPONSES } from "../score/score";
import { shownArms } from "../select";
import { plot } from "../ui/plot";
import { fill, words } from "../words";

const T = words({
  title: ["Best change of the tumour (waterfall)", "肿瘤最佳变化（瀑布图）"],
  axis: ["best change of the sum of diameters, %", "直径总和最佳变化，%"],
  caption: [
    "Each bar is one simulated patient with a visit after baseline. Lines: −30 % (partial response) and +20 % (progression).",
    "每根柱代表一名基线后至少有一次影像检查的模拟患者。参考线：−30 %（部分缓解）与 +20 %（进展）。",
  ],
  arm: ["arm", "组别"],
  patient: ["patient", "患者"],
  change: ["best change, %", "最佳变化，%"],
  best: ["best response", "最佳疗效"],
  n: ["{arm}: {n} patients", "{arm}：{n} 名患者"],
});

interface Bar {
  row: number;
  arm: number;
  change: number;
  best: string;
}

function bars(p: Page): Bar[] {
  const s = p.scores;
  if (!s) return [];
  return p.selection.rows
    .filter((r) => Number.isFinite(s.change[r]))
    .map((r) => ({ row: r, arm: p.model.patients!.arm[r], change: s.change[r], best: RESPONSES[s.best[r]] ?? "" }))
    .sort((a, b) => a.arm - b.arm || b.change - a.change || a.row - b.row);
}

export const waterfall: FigureSpec = {
  id: "waterfall",
  title: () => T.title,
  present: (p) => !!p.model.patients && p.model.patients.patients.numbers("PCHG_BEST").some(Number.isFinite),
  draw(p, width) {
    const all = bars(p);
    return shownArms(p.model, p.view).flatMap((arm) => {
      const mine = all.filter((b) => b.arm === arm).map((b, i) => ({ ...b, i }));
      if (!mine.length) return [];
      return [
        plot({
          width,
          height: 260,
          x: { axis: null, domain: mine.map((b) => b.i) },
          y: { label: T.axis, domain: [-100, Math.min(150, Math.max(40, ...mine.map((b) => b.change)))], clamp: true, grid: true },
          marks: [
            Plot.barY(mine, { x: "i", y: "change", fill: p.model.colour(arm), tip: true, title: (b: Bar) => `${b.change.toFixed(1)} %\n${b.best}` }),
            Plot.ruleY([0]),
            Plot.ruleY([-30, 20], { strokeDasharray: "5 4" }),
            Plot.text([fill(T.n, { arm: p.model.arms[arm], n: mine.length })], { frameAnchor: "top-right", fontWeight: 600 }),
          ],
        }),
      ];
    });
  },
  caption: () => T.caption,
  table: (p) => ({
    columns: [{ label: T.patient }, { label: T.arm }, { label: T.change, number: true }, { label: T.best }],
    rows: bars(p).map((b) => [b.row, p.model.arms[b.arm], { show: b.change.toFixed(1), raw: b.change }, b.best]),
  }),
};
