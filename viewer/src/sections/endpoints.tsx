/* Endpoints of each arm over the replicates. */
import type { Measure } from "../data";
import { harmName, measureName } from "../names";
import { usePage } from "../ui/context";
import { MeasureValue } from "../ui/measure";
import { Num } from "../ui/num";
import { ArmName, useArms, Wide } from "../ui/parts";
import { fill, words } from "../words";

const T = words({
  endpoint: ["Endpoint", "终点"],
  label: ["Endpoints by arm", "各组终点"],
  size: ["Patients of one replicate", "每次重复的患者数"],
  patients: ["Patients simulated and counted", "模拟并计入的患者数"],
  treated: ["Of them with at least one dose", "其中至少给药一次"],
  doses: ["Doses of drugs and cells, mean", "平均给药次数（药物与细胞）"],
  exception: ["Lot released with exception", "批次例外放行"],
  again: ["Lot made again", "批次重新生产"],
  noProduct: ["No product: two lots failed", "无产品：两批均失败"],
  who: ["Patients and doses", "患者与给药"],
  response: ["Response", "疗效"],
  survival: ["Survival", "生存"],
  kinetics: ["Cell kinetics", "细胞动力学"],
  markers: ["Markers", "标志物"],
  harms: ["Harms", "不良反应"],
  other: ["Other", "其他"],
  unseen: ["Nobody of any arm had: {list}.", "各组均无患者出现：{list}。"],
  comma: [", ", "、"],
  several: [
    "Mean over replicates of the share or of the median of a replicate; for what is measured in single patients, and where some replicates do not reach a median, the median over replicates. In brackets the 2.5 and 97.5 % quantiles: what trials of this size would show, given all that is unknown. – : not reached, or nobody could have one.",
    "各次重复试验中比例或中位数的均值；对单个患者测得的指标，或部分重复未达到中位数时，取各次重复的中位数。方括号内为 2.5 % 与 97.5 % 分位数，即在全部未知因素下同等规模试验可能呈现的范围。– ：未达到，或无人可评估。",
  ],
  one: [
    "One replicate. In brackets what its patients allow, 95 %: exact binomial of shares, Kaplan–Meier of medians and of shares at a time. – : not reached, or nobody could have one.",
    "仅一次重复。方括号内为由其患者得出的 95 % 区间：比例用精确二项法，中位数及某时点的比例用 Kaplan–Meier 法。– ：未达到，或无人可评估。",
  ],
  still: ["This table is about all replicates; patients, rules and filters chosen above act on figures of single patients.", "本表针对全部重复；上方选择的患者、规则与筛选只作用于单个患者的图。"],
});

/** A measure, and where each arm has it: arms may have measures of their own (an expectation names one arm). -1: it has none. */
export interface MeasureRow {
  m: Measure;
  at: number[];
}
/** All measures of all arms, in the order in which they first come. */
export function measureRows(arms: readonly { endpoints: readonly Measure[] }[]): MeasureRow[] {
  const rows = new Map<string, MeasureRow>();
  arms.forEach((arm, a) => arm.endpoints.forEach((m, k) => {
    const key = JSON.stringify([m.endpoint, m.at_day ?? null, m.label ?? null]);
    let row = rows.get(key);
    if (!row) rows.set(key, (row = { m, at: arms.map(() => -1) }));
    row.at[a] = k;
  }));
  return [...rows.values()];
}
/** The measure of one arm in a row. */
export const ofArm = (arms: readonly { endpoints: readonly Measure[] }[], r: MeasureRow, a: number): Measure | undefined => arms[a].endpoints[r.at[a]];

const GROUPS = ["response", "survival", "kinetics", "markers", "harms", "other"] as const;
type Group = (typeof GROUPS)[number];
function groupOf(endpoint: string): Group {
  if (/^(ORR|DCR|CR|DoR|TTR)/.test(endpoint)) return "response";
  if (/^(PFS|RFS|OS|new_lesion|hazard_peak)/.test(endpoint)) return "survival";
  if (/^(kinetics|Cmax|Tmax|AUC28|persistence)/.test(endpoint)) return "kinetics";
  return /^marker/.test(endpoint) ? "markers" : /^(grade|event)/.test(endpoint) ? "harms" : "other";
}
const ORDER = ["ORR", "CR", "DCR", "TTR", "DoR"];
/** Rows by group; within responses as people report them, else as in the file. */
export function grouped(list: readonly MeasureRow[]): { group: Group; rows: MeasureRow[] }[] {
  const rank = (r: MeasureRow) => { const i = ORDER.indexOf(r.m.endpoint); return i < 0 ? ORDER.length : i; };
  return GROUPS.map((group) => {
    const rows = list.filter((r) => groupOf(r.m.endpoint) === group);
    return { group, rows: group === "response" ? rows.sort((a, b) => rank(a) - rank(b)) : rows };
  }).filter((g) => g.rows.length);
}

function Counts({ arms }: { arms: number[] }) {
  const { summary } = usePage().model;
  const rows: [string, string, string?][] = [[T.size, "size"], [T.patients, "patients"], [T.treated, "treated"], [T.doses, "doses_mean", "1"]];
  for (const [name, key] of [[T.exception, "released with exception"], [T.again, "made again"], [T.noProduct, "no product"]] as const)
    if (summary.arms.some((a) => (a.lots?.[key] ?? 0) > 0)) rows.push([name, `lots.${key}`]);
  return (
    <tbody>
      <tr class="group"><th scope="rowgroup" colSpan={arms.length + 1}>{T.who}</th></tr>
      {rows.map(([name, key, unit]) => (
        <tr><th scope="row">{name}</th>{arms.map((a) => <td><Num path={`arms.${a}.${key}`} unit={unit ?? "count"} /></td>)}</tr>
      ))}
    </tbody>
  );
}

export function Endpoints() {
  const { model, selection } = usePage();
  const arms = useArms(), summary = model.summary;
  const unseen = (r: MeasureRow) => groupOf(r.m.endpoint) === "harms" && summary.arms.every((_, a) => (ofArm(summary.arms, r, a)?.mean ?? 0) === 0);
  const list = measureRows(summary.arms).filter((r) => !unseen(r) && arms.some((a) => r.at[a] >= 0));
  const nobody = [...summary.grades.filter((g) => g.arms.every((a) => a.any.with === 0)).map((g) => harmName(g.grade)), ...summary.events.filter((e) => e.arms.every((a) => a.with === 0)).map((e) => harmName(e.event))];
  return (
    <>
      <Wide label={T.label}>
        <thead><tr><th scope="col">{T.endpoint}</th>{arms.map((a) => <th scope="col"><ArmName arm={a} /></th>)}</tr></thead>
        <Counts arms={arms} />
        {grouped(list).map(({ group, rows }) => (
          <tbody>
            <tr class="group"><th scope="rowgroup" colSpan={arms.length + 1}>{T[group]}</th></tr>
            {rows.map((r) => (
              <tr>
                <th scope="row">{measureName(r.m)}</th>
                {arms.map((a) => <td>{r.at[a] >= 0 && <MeasureValue m={ofArm(summary.arms, r, a)!} path={`arms.${a}.endpoints.${r.at[a]}`} />}</td>)}
              </tr>
            ))}
          </tbody>
        ))}
      </Wide>
      {nobody.length > 0 && <p>{fill(T.unseen, { list: nobody.join(T.comma) })}</p>}
      <p class="note">{summary.replicates === 1 ? T.one : T.several}{selection.source === "patients" && ` ${T.still}`}</p>
    </>
  );
}
