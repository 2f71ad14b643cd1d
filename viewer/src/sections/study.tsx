/* The study as its files ask for it. */
import { MONTH, plain, significant, unitText } from "../format";
import { harmName } from "../names";
import type { RegimenItem, Study, StudyArm } from "../data";
import { usePage } from "../ui/context";
import { ArmName, Facts, useArms } from "../ui/parts";
import { fill, language, words } from "../words";

const T = words({
  study: ["Study", "研究"],
  arm: ["Arm {n}", "第 {n} 组"],
  population: ["Population", "人群"],
  product: ["Product", "产品"],
  allocation: ["Allocation", "分配方式"],
  fixed: ["arms of fixed size, patients in random order", "各组人数固定，患者随机排序"],
  block: ["permuted blocks", "区组随机"],
  paired: ["paired: every arm holds the same virtual people", "配对：各组为同一批虚拟患者"],
  within: ["within {list}", "按 {list} 分层"],
  imaging: ["Imaging", "影像评估"],
  none: ["none", "无"],
  visits: ["first after {first}, then every {every}; each visit within {window} of its plan", "首次于 {first} 后，此后每 {every} 一次；每次访视偏差不超过 {window}"],
  visitsExact: ["first after {first}, then every {every}", "首次于 {first} 后，此后每 {every} 一次"],
  criteria: ["Criteria", "评价标准"],
  recurrence: ["recurrence: a lesion of {mm} mm or more, or a new one", "复发：病灶达到 {mm} mm 或出现新病灶"],
  confirmed: ["responses confirmed", "缓解须经确认"],
  unconfirmed: ["responses not confirmed", "缓解无须确认"],
  event: ["death counts as an event of progression-free survival", "死亡计为无进展生存期事件"],
  censored: ["progression-free survival is censored at death", "无进展生存期在死亡时删失"],
  eventRfs: ["death counts as an event of recurrence-free survival", "死亡计为无复发生存期事件"],
  censoredRfs: ["recurrence-free survival is censored at death", "无复发生存期在死亡时删失"],
  midpointRfs: ["recurrence is dated halfway between visits", "复发日期取两次访视的中点"],
  visitRfs: ["recurrence is dated at the visit", "复发日期取访视日"],
  midpoint: ["progression is dated halfway between visits", "进展日期取两次访视的中点"],
  visit: ["progression is dated at the visit", "进展日期取访视日"],
  error: ["Measurement", "测量"],
  errorText: ["error of one diameter {e} %; below {v} mm a lesion is not seen", "单个直径测量误差 {e} %；小于 {v} mm 的病灶不可见"],
  followUp: ["Follow-up", "随访"],
  dropout: ["Dropout", "脱落"],
  dropoutText: ["hazard {r} a month, whatever the state of the patient", "风险率每月 {r}，与患者状态无关"],
  blood: ["Blood samples", "血样"],
  days: ["days {list}", "第 {list} 天"],
  lloq: ["; cells are detected from {x} on", "；检出下限 {x}"],
  markers: ["Markers", "标志物"],
  harms: ["Harms", "不良反应"],
  simulation: ["Simulation", "模拟"],
  sim: ["{r} replicates of {n} patients, seed {s}", "{r} 次重复，每次 {n} 名患者，随机种子 {s}"],
  simOne: ["1 replicate of {n} patients, seed {s}", "1 次重复，{n} 名患者，随机种子 {s}"],
  patients: ["{n} patients", "{n} 名患者"],
  patient: ["1 patient", "1 名患者"],
  like: ["like {x}", "同 {x}"],
  without: ["without {x}", "关闭：{x}"],
  nothing: ["no treatment", "不予治疗"],
  then: [", then ", "，之后 "],
  comma: [", ", "，"],
  list: [", ", "、"],
  to: ["{a} to {b}", "{a} 至 {b}"],
  cells: ["cells", "个细胞"],
  into: ["into {x}", "注入 {x}"],
  whenever: ["whenever {x} reaches grade {n}", "{x} 达到 {n} 级时给药"],
  onDay: ["on day {list}", "第 {list} 天"],
  onDays: ["on days {list}", "第 {list} 天"],
  every: ["every {x}", "每 {x} 一次"],
  cycle: ["of a cycle of {x}", "每周期 {x}"],
  cycles: ["{n} cycles", "{n} 个周期"],
  until: ["until progression", "直至进展"],
  year: ["{n} years", "{n} 年"],
  month: ["{n} months", "{n} 个月"],
  week: ["{n} weeks", "{n} 周"],
  day: ["{n} days", "{n} 天"],
});

const counted = (text: string, n: string) => (language() === "en" && n === "1" ? fill(text, { n }).replace(/s$/, "") : fill(text, { n }));

/** A span as the study file would say it: months, weeks or days, whichever is whole. */
export function spanText(day: number): string {
  const months = day / MONTH, weeks = day / 7;
  if (day >= 7 && Math.abs(weeks - Math.round(weeks)) < 1e-6 && weeks < 53) return counted(T.week, plain(Math.round(weeks)));
  if (months >= 0.99 && Math.abs(months - Math.round(months)) < 1e-3) return counted(T.month, plain(Math.round(months)));
  return day >= 60 ? counted(T.month, significant(months)) : counted(T.day, plain(day));
}

function doseText(r: RegimenItem): string {
  let amount = r.doses.map(plain).join(T.then);
  if (r.dose_high !== null && r.dose_high > r.doses[0]) amount = fill(T.to, { a: amount, b: plain(r.dose_high) });
  // "1" is one of whatever the drug is: a cycle, an operation.
  const unit = r.unit === "1" || r.unit === "" ? "" : ` ${r.unit === "cells" ? T.cells : unitText(r.unit)}`;
  const per = r.per === "kg" ? "/kg" : r.per === "m2" ? "/m²" : "";
  return amount + unit + per;
}

/** "pembrolizumab, 10 mg/kg, every 3 weeks, until progression" */
export function regimenText(r: RegimenItem): string {
  const parts = [r.name, doseText(r)];
  if (r.site) parts.push(fill(T.into, { x: r.site }));
  if (r.when) return [...parts, fill(T.whenever, { x: harmName(r.when), n: r.grade ?? "" })].join(T.comma);
  if (r.on.length && !(r.on.length === 1 && r.on[0] === 0 && (r.every || r.cycle))) {
    const on = fill(r.on.length > 1 ? T.onDays : T.onDay, { list: r.on.map(plain).join(T.list) });
    parts.push(r.cycle ? `${on} ${fill(T.cycle, { x: spanText(r.cycle) })}` : on);
  }
  if (r.every) parts.push(fill(T.every, { x: spanText(r.every) }));
  else if (r.cycle && r.on.length === 1 && r.on[0] === 0) parts.push(fill(T.every, { x: spanText(r.cycle) }));
  if (r.cycle && r.cycles_low !== null && r.cycles_high !== null && r.cycles_high > 1) {
    const n = r.cycles_high > r.cycles_low ? fill(T.to, { a: r.cycles_low, b: r.cycles_high }) : String(r.cycles_low);
    parts.push(fill(T.cycles, { n }));
  }
  if (r.until_progression) parts.push(T.until);
  return parts.join(T.comma);
}

function Arm({ arm, index }: { arm: StudyArm; index: number }) {
  return (
    <>
      <b><ArmName arm={index} /></b>{T.comma}{arm.size === 1 ? T.patient : fill(T.patients, { n: arm.size })}
      {arm.like && <>{T.comma}{fill(T.like, { x: arm.like })}</>}
      {arm.without.length > 0 && <>{T.comma}<b>{fill(T.without, { x: arm.without.join(T.list) })}</b></>}
      <ul class="plain">{arm.items.length ? arm.items.map((r) => <li>{regimenText(r)}</li>) : <li>{T.nothing}</li>}</ul>
    </>
  );
}

function allocationText(s: Study): string {
  const how = { fixed: T.fixed, block: T.block, paired: T.paired }[s.allocation];
  return s.strata.length ? `${how}${T.comma}${fill(T.within, { list: s.strata.join(T.list) })}` : how;
}

export function StudyAsked() {
  const { model } = usePage();
  const s = model.run.study, a = s.assess, arms = useArms();
  const of = (i: number) => s.arms.find((x) => x.name === model.arms[i]);
  const imaging = !(a.every > 0) ? T.none : fill(a.window > 0 ? T.visits : T.visitsExact, { first: spanText(a.first), every: spanText(a.every), window: spanText(a.window) });
  const recurs = a.criteria === "recurrence";
  const dated = a.progression_day === "midpoint" ? (recurs ? T.midpointRfs : T.midpoint) : recurs ? T.visitRfs : T.visit;
  const dead = a.deaths === "censored" ? (recurs ? T.censoredRfs : T.censored) : recurs ? T.eventRfs : T.event;
  const rules = recurs ? [fill(T.recurrence, { mm: plain(a.detect_mm ?? 10) })] : [a.criteria, a.confirm ? T.confirmed : T.unconfirmed];
  const n = s.arms.reduce((sum, x) => sum + x.size, 0), r = model.summary.replicates;
  const rows: Parameters<typeof Facts>[0]["rows"] = [
    [T.study, s.name],
    ...arms.map((i): [string, preact.ComponentChildren] => [fill(T.arm, { n: i + 1 }), of(i) ? <Arm arm={of(i)!} index={i} /> : null]),
    [T.allocation, allocationText(s)],
    [T.population, <>{s.population.title ?? ""} <code>{s.population.file}</code></>],
    ...s.products.map((p): [string, preact.ComponentChildren] => [T.product, <>{p.title ?? p.name} <code>{p.file}</code></>]),
    [T.imaging, imaging],
  ];
  if (a.every > 0) rows.push([T.criteria, [...rules, dated, dead].join(T.comma)], [T.error, fill(T.errorText, { e: plain(Math.round(a.error * 1e4) / 100), v: plain(a.vanish_mm) })]);
  if (a.kinetics.length) rows.push([T.blood, fill(T.days, { list: a.kinetics.map(plain).join(T.list) }) + (a.lloq !== null ? fill(T.lloq, { x: `${plain(a.lloq)} ${unitText(model.summary.kinetics?.unit ?? "1")}` }) : "")]);
  if (a.markers.length) rows.push([T.markers, a.markers.join(T.list)]);
  if (a.grades.length || a.events.length) rows.push([T.harms, [...a.grades, ...a.events].map(harmName).join(T.list)]);
  rows.push([T.followUp, spanText(s.horizon)]);
  rows.push([T.dropout, s.dropout > 0 ? fill(T.dropoutText, { r: significant(s.dropout * MONTH) }) : T.none]);
  rows.push([T.simulation, fill(r === 1 ? T.simOne : T.sim, { r, n, s: s.seed })]);
  return <Facts rows={rows} />;
}
