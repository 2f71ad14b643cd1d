/* What a reader wants to know first. */
import type { ComponentChildren } from "preact";
import type { Measure, Role, Summary } from "../data";
import { groupName, measureName } from "../names";
import { usePage } from "../ui/context";
import { at, Ends, Num } from "../ui/num";
import { ArmName, useArms, Wide } from "../ui/parts";
import { fill, words } from "../words";
import { centre, limits } from "../measure";
import { MeasureValue } from "../ui/measure";
import { measureRows, type MeasureRow, ofArm } from "./endpoints";

const T = words({
  patients: ["{n} patients a trial", "每次试验 {n} 名患者"],
  against: ["Arm against arm", "组与组对比"],
  arms: ["Arms", "组别"],
  ORR: ["ORR, difference", "ORR 差值"],
  pfs: ["{x} HR", "{x} HR"],
  p: ["{x} log-rank p < 0.05 in", "{x} 对数秩检验 p < 0.05 的重复"],
  pOne: ["{x} log-rank p", "{x} 对数秩检验 p 值"],
  groups: ["{arm}: {a} / {b}", "{arm}：{a} / {b}"],
  verdicts: ["Published figures", "已发表结果"],
  fit: ["Fit", "拟合"],
  check: ["Check", "核对"],
  predict: ["Predict", "预测"],
  claim: ["Claim", "论断"],
  fitNote: ["were allowed to shape parameters: agreement is no evidence", "曾用于确定参数：吻合不构成证据"],
  checkNote: ["not fitted, but known when the model was built", "未用于拟合，但建模时已知"],
  predictNote: ["not used in any way: this is the test", "未以任何方式使用：这才是检验"],
  claimNote: ["stated without a traceable source: never used", "无可追溯来源：从未使用"],
  pass: ["pass", "通过"],
  miss: ["miss", "未通过"],
  cannot: ["cannot say", "无法判断"],
  missed: ["Missed: {list}", "未通过：{list}"],
  none: ["The study names no published figures to compare with.", "本研究未列出可供对比的已发表结果。"],
  simulated: ["simulated in", "名模拟患者，重复"],
  replicates: ["replicates of", "次，每次"],
  replicate: ["replicate of", "次，每次"],
  each: ["patients each", "名患者"],
  failed: ["failed and left out", "名模拟失败并剔除"],
  nobody: ["no patient failed", "无患者模拟失败"],
  provisional: ["Provisional: fewer than 200 replicates. Quantiles and verdicts may still move.", "暂定结果：重复不足 200 次，分位数与判定仍可能变化。"],
  one: ["One replicate: a single trial. It says nothing about chance between trials, and no verdict can be given.", "仅一次重复，即单次试验：无法反映试验间的随机差异，也不能给出判定。"],
  stopped: ["Not complete: {n} of {m} planned replicates.", "未完成：计划 {m} 次重复，已完成 {n} 次。"],
  changed: ["Run with changed parameters:", "运行时更改了参数："],
  changedNote: ["This is not what the study file says: every patient of every arm has them, after all that files and unknowns set.", "这与研究文件不符：所有组的每名患者均采用这些值，且优先于文件与未知参数的设定。"],
  mean: [
    "Means over replicates (medians over replicates where some do not reach the value); in brackets the middle 95 % of replicates, each a trial of this size.",
    "各次重复的均值（部分重复未达到时取各次重复的中位数）；方括号内为中间 95 % 的重复，每次重复即一次同等规模的试验。",
  ],
  lone: ["In brackets the 95 % interval that the patients of the one replicate allow.", "方括号内为由该次重复的患者得出的 95 % 区间。"],
  semicolon: ["; ", "；"],
  colon: [": ", "："],
  stop: [".", "。"],
  notReached: ["not reached", "未达到"],
});

const FIRST = ["ORR", "CR", "PFS", "RFS", "OS"];

/** Rows of the endpoints that stand on top: the first four of those that everybody asks for, then what else the study measures. */
export function keyRows(list: readonly MeasureRow[]): MeasureRow[] {
  const one = (name: string) => list.filter((r) => r.m.endpoint === name && !r.m.label);
  const late = ["RFS_at", "OS_at"].flatMap((name) => one(name).slice(-1));
  return [...FIRST.flatMap(one), ...late, ...one("Cmax"), ...list.filter((r) => r.m.endpoint === "persistence")].slice(0, 4);
}
/** Severe harms that somebody had. */
function harmRows(s: Summary, list: readonly MeasureRow[]): MeasureRow[] {
  return list.filter((r) => /^(CRS|ICANS) >= 3$/.test(r.m.label ?? "") && s.arms.some((_, a) => (ofArm(s.arms, r, a)?.mean ?? 0) > 0));
}

function Big({ m, path }: { m: Measure; path: string }) {
  const { summary } = usePage().model;
  const [low, high] = limits(m);
  const x = `${path}.${centre(m)}`;
  return (
    <>
      <span class="big">{at(summary, x) === null && m.replicates_reached < m.replicates_defined ? T.notReached : <Num path={x} unit={m.unit} />}</span>
      <Ends x={x} low={`${path}.${low}`} high={`${path}.${high}`} unit={m.unit} />
    </>
  );
}

function Arms() {
  const { summary } = usePage().model;
  const arms = useArms(), list = measureRows(summary.arms);
  const rows = [...keyRows(list), ...harmRows(summary, list)];
  return (
    <div class="arms">
      {arms.map((a) => (
        <div class="arm">
          <h3><ArmName arm={a} /><small>{fill(T.patients, { n: summary.arms[a].size })}</small></h3>
          <dl class={rows.length > 4 ? "many" : undefined}>
            {rows.filter((r) => r.at[a] >= 0).map((r) => (
              <div><dt>{measureName(r.m, true)}</dt><dd><Big m={ofArm(summary.arms, r, a)!} path={`arms.${a}.endpoints.${r.at[a]}`} /></dd></div>
            ))}
          </dl>
        </div>
      ))}
    </div>
  );
}

/** Columns of the short table of comparisons: only those that some comparison has. */
function columnsOf(summary: Summary, first: string): { title: string; endpoint: string; share: boolean }[] {
  const one = summary.replicates === 1;
  const all = [
    { title: T.ORR, endpoint: "ORR_difference", share: false },
    ...[first, "OS"].flatMap((x) => [
      { title: fill(T.pfs, { x }), endpoint: `${x}_hazard_ratio`, share: false },
      { title: fill(one ? T.pOne : T.p, { x }), endpoint: `${x}_logrank_p`, share: !one },
    ]),
  ];
  return all.filter((c) => summary.comparisons.some((k) => k.measures.some((m) => m.endpoint === c.endpoint && (m.replicates_defined > 0 || m.mean !== null))));
}

/** What a measure compares, when it is not the whole arms: "NK_fun < 0.7", "NK_fun >= 0.7". */
export function groupsOf(m: Measure): [string, string] | null {
  const g = /, among (.+) against (.+)$/.exec(m.label ?? "");
  return g ? [g[1], g[2]] : null;
}
interface Against {
  head: string;
  at: number[]; // measure of each column; -1: none
}
/** Rows of one comparison: the arms, then groups of patients within them, each under its own name. */
export function rowsOf(c: Summary["comparisons"][number], endpoints: string[]): Against[] {
  const rows = new Map<string, Against>();
  c.measures.forEach((m, k) => {
    const column = endpoints.indexOf(m.endpoint), g = groupsOf(m);
    if (column < 0 || (m.label && !g)) return;
    const who = c.arm === c.against ? c.arm : `${c.arm} / ${c.against}`;
    const head = g ? fill(T.groups, { arm: who, a: groupName(g[0]), b: groupName(g[1]) }) : who;
    const row = rows.get(head) ?? { head, at: endpoints.map(() => -1) };
    if (row.at[column] < 0) row.at[column] = k;
    rows.set(head, row);
  });
  return [...rows.values()];
}

function Comparisons() {
  const { model, view } = usePage();
  const summary = model.summary, first = model.recurrence ? "RFS" : "PFS", columns = columnsOf(summary, first);
  const shown = (name: string) => !view.hidden.includes(model.armIndex(name));
  const rows = summary.comparisons.map((c, i) => ({ c, i })).filter(({ c }) => shown(c.arm) && shown(c.against)).flatMap(({ c, i }) => rowsOf(c, columns.map((k) => k.endpoint)).map((row) => ({ c, i, row })));
  if (!rows.length || !columns.length) return null;
  return (
    <Wide label={T.against} least={520}>
      <thead><tr><th scope="col">{T.against}</th>{columns.map((c) => <th scope="col">{c.title}</th>)}</tr></thead>
      <tbody>
        {rows.map(({ c, i, row }) => (
          <tr>
            <th scope="row">{row.head}</th>
            {columns.map((col, j) => {
              const k = row.at[j], path = `comparisons.${i}.measures.${k}`;
              return <td>{k >= 0 && <Cell m={c.measures[k]} path={path} share={col.share} />}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </Wide>
  );
}

function Cell({ m, path, share }: { m: Measure; path: string; share: boolean }) {
  return share ? <Num path={`${path}.share_below_0.05`} unit="share" /> : <MeasureValue m={m} path={path} />;
}

const ROLES: Role[] = ["fit", "check", "predict", "claim"];

function Verdict({ role }: { role: Role }) {
  const v = usePage().model.summary.expectations[role];
  const missed = v.figures.filter((f) => f.verdict === "miss").map((f) => `${f.arm}${T.colon}${measureName(f)}`);
  const note = { fit: T.fitNote, check: T.checkNote, predict: T.predictNote, claim: T.claimNote }[role];
  const parts: ComponentChildren[] = [];
  if (v.pass) parts.push(<span class="pass"><Num path={`expectations.${role}.pass`} unit="count" /> {T.pass}</span>);
  if (v.miss) parts.push(<span class="miss"><Num path={`expectations.${role}.miss`} unit="count" /> {T.miss}</span>);
  if (v.cannot_say) parts.push(<span><Num path={`expectations.${role}.cannot_say`} unit="count" /> {T.cannot}</span>);
  return (
    <div class={`verdict ${role}`}>
      <dt>{T[role]} <small>{note}</small></dt>
      <dd><p class="counts">{parts}</p>{missed.length > 0 && <p class="note">{fill(T.missed, { list: missed.join(T.semicolon) })}</p>}</dd>
    </div>
  );
}

function Verdicts() {
  const { summary } = usePage().model;
  const roles = ROLES.filter((r) => summary.expectations[r]?.figures.length);
  return (
    <>
      <h3>{T.verdicts}</h3>
      {roles.length ? <dl class="verdicts">{roles.map((r) => <Verdict role={r} />)}</dl> : <p>{T.none}</p>}
    </>
  );
}

/** What has to be known before any number is read. */
function Warnings() {
  const { summary } = usePage().model;
  const list: ComponentChildren[] = [];
  if (summary.changed_parameters?.length)
    list.push(<><b>{T.changed}</b> {summary.changed_parameters.map((c, i) => <>{i > 0 && ", "}<code>{c}</code></>)}{T.stop} {T.changedNote}</>);
  if (summary.replicates < summary.replicates_planned) list.push(fill(T.stopped, { n: summary.replicates, m: summary.replicates_planned }));
  if (summary.replicates === 1) list.push(T.one);
  else if (summary.provisional) list.push(T.provisional);
  return list.length ? <div class="warning" role="note">{list.map((x) => <p>{x}</p>)}</div> : null;
}

export function Glance() {
  const { summary } = usePage().model;
  return (
    <>
      <Warnings />
      <Arms />
      <Comparisons />
      <p class="note">
        {summary.replicates === 1 ? T.lone : T.mean}{" "}
        <Num path="patients" unit="count" /> {T.simulated} <Num path="replicates" unit="count" /> {summary.replicates === 1 ? T.replicate : T.replicates} <Num path="patients_per_replicate" unit="count" /> {T.each}
        {T.semicolon}{summary.failed ? <><Num path="failed" unit="count" /> {T.failed}</> : T.nobody}{T.stop}
      </p>
      <Verdicts />
    </>
  );
}
