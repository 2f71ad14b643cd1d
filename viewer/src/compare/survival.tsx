/* Kaplan-Meier curves of one arm and endpoint, one for each run. */
import type { FigureSpec } from "../ui/figure";
import type { Page } from "../ui/context";
import type { Cell } from "../ui/table";
import { fixed } from "../format";
import { axisLabel } from "../figures/survival";
import { bandAt, fromSummary, heightAt, type ArmCurve, type Kind } from "../figures/survival_data";
import { drawSurvival, type Ground } from "../figures/survival_draw";
import { Num } from "../ui/num";
import { TimeZoom } from "../ui/zoom";
import { fill, words } from "../words";
import { chosenOf, Pick, type Choice } from "./pick";
import { isComparison, OfRun, runColour, runDash, runLabel } from "./runs";

const T = words({
  title: ["Survival by run", "各运行的生存曲线"],
  choose: ["arm and endpoint", "组别与终点"],
  PFS: ["Progression-free survival (PFS)", "无进展生存期（PFS）"],
  RFS: ["Recurrence-free survival (RFS)", "无复发生存期（RFS）"],
  OS: ["Overall survival (OS)", "总生存期（OS）"],
  DoR: ["Duration of response (DoR)", "缓解持续时间（DoR）"],
  caption: [
    "{e}, {arm}. One curve for each run: Kaplan-Meier of the patients of all its replicates together. Below: means over replicates of those at risk just before the time, and of those censored and with an event up to it.",
    "{e}，{arm}。每个运行一条曲线：其全部重复的患者合并的 Kaplan-Meier 估计。下方：各时间点前在险人数、截至该时间点的删失数与事件数在各重复中的均值。",
  ],
  band: [
    " Band: the central 95 % of the curves of single replicates, which is what single trials would show. It is far wider than the error of a curve: curves whose bands overlap may still differ, as the table of differences tells.",
    "色带：单次重复曲线的中央 95 %，即单次试验可能呈现的范围。它远宽于曲线本身的误差：色带重叠的曲线仍可能不同，以差值表为准。",
  ],
  noBand: [" Bands are left out where there are more than three runs.", "运行多于三个时不绘色带。"],
  run: ["run", "运行"],
  day: ["day", "天"],
  survival: ["survival, %", "生存率，%"],
  low: ["band, low, %", "下限，%"],
  high: ["band, high, %", "上限，%"],
  atRisk: ["at risk", "在险"],
  censored: ["censored", "删失"],
  events: ["events", "事件"],
});

const ID = "compare-survival";
const kindOf = (endpoint: string): Kind => (endpoint === "OS" ? "os" : endpoint === "DoR" ? "dor" : "pfs");

/** Arms and endpoints of which two runs or more have a curve. */
function choices(p: Page): Choice[] {
  const hidden = p.view.hidden.map((i) => p.model.arms[i]), seen = new Map<string, Choice & { n: number }>();
  for (const m of p.models)
    for (const c of m.summary.survival) {
      if (!c.patients || hidden.includes(c.arm)) continue;
      const key = `${c.endpoint}|${c.arm}`, known = seen.get(key);
      if (known) known.n++;
      else seen.set(key, { key, name: `${c.arm}: ${c.endpoint}`, group: c.endpoint in T ? T[c.endpoint as "OS"] : c.endpoint, n: 1 });
    }
  return [...seen.values()].filter((c) => c.n > 1);
}

interface RunCurve {
  curve: ArmCurve;
  run: number;
}
function curves(p: Page): { list: RunCurve[]; endpoint: string; arm: string } {
  const [endpoint, ...rest] = (chosenOf(p, ID, choices(p))?.key ?? "|").split("|"), arm = rest.join("|");
  const list = p.models.flatMap((m, run) => m.summary.survival.flatMap((c, i) => (c.endpoint === endpoint && c.arm === arm && c.patients ? [{ curve: fromSummary(c, i, run), run }] : [])));
  return { list, endpoint, arm };
}

/** The page as the survival drawing sees it: runs in the place of arms. */
function asArms(p: Page): Ground {
  return { ...p, model: { arms: p.models.map((_, i) => runLabel(p, i)), colour: runColour, dash: runDash, summary: p.model.summary } };
}
const NO_BAND = { day: [], low: [], high: [] };
/** Bands of many runs on top of each other show nothing. */
const banded = (list: RunCurve[]) => list.length <= 3;
const horizon = (p: Page) => Math.max(...p.models.map((m) => m.summary.horizon_day));

function rowsOf({ curve: c, run }: RunCurve, p: Page): Cell[][] {
  const days = [...new Set([...c.band.day.filter((d) => d <= c.end + 1e-6), ...c.ticks!.keys()])].sort((a, b) => a - b);
  const ticks = p.models[run].summary.survival[Number(c.path!.split(".")[1])].ticks;
  const percent = (x: number): Cell => (Number.isFinite(x) ? { show: fixed(100 * x, 1), raw: 100 * x } : null);
  return days.map((d) => {
    const k = ticks.findIndex((t) => t.day === d), [low, high] = bandAt(c, d);
    const cell = (key: "at_risk" | "censored" | "events"): Cell => (k < 0 ? null : { show: <OfRun run={run}><Num path={`${c.path}.ticks.${k}.${key}`} /></OfRun>, raw: ticks[k][key] });
    return [runLabel(p, run), { show: fixed(d, 1), raw: d }, percent(heightAt(c, d)), percent(low), percent(high), cell("at_risk"), cell("censored"), cell("events")];
  });
}

export const compareSurvival: FigureSpec = {
  id: ID,
  title: () => T.title,
  present: (p) => isComparison(p) && choices(p).length > 0,
  beside: (p) => (
    <>
      <Pick figure={ID} label={T.choose} all={choices(p)} />
      <TimeZoom horizon={horizon(p)} hint />
    </>
  ),
  draw: (p, width) => {
    const { list, endpoint } = curves(p);
    return list.length ? [drawSurvival(asArms(p), { curves: list.map((c) => (banded(list) ? c.curve : { ...c.curve, band: NO_BAND })), published: [], shares: [], horizon: horizon(p), label: axisLabel(p, kindOf(endpoint)) }, width)] : [];
  },
  caption: (p) => {
    const { endpoint, arm, list } = curves(p);
    return fill(T.caption, { e: endpoint in T ? T[endpoint as "OS"] : endpoint, arm }) + (banded(list) ? T.band : T.noBand);
  },
  table: (p) => ({
    columns: [{ label: T.run }, ...[T.day, T.survival, T.low, T.high, T.atRisk, T.censored, T.events].map((label) => ({ label, number: true }))],
    rows: curves(p).list.flatMap((c) => rowsOf(c, p)),
  }),
};
