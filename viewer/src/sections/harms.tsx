/* Harms counted over the patients of all replicates. */
import type { Count } from "../data";
import { harmName } from "../names";
import { usePage } from "../ui/context";
import { Interval, Num } from "../ui/num";
import { ArmName, useArms, Wide } from "../ui/parts";
import { fill, words } from "../words";

const T = words({
  title: ["Harms, patients of all replicates", "不良反应（全部重复的患者）"],
  any: ["{x}, any grade", "{x}，任何级别"],
  severe: ["{x}, grade 3 or more", "{x}，≥ 3 级"],
  of: [" of ", " / "],
  unseen: ["No patient of any arm has: {list}.", "各组均无患者出现：{list}。"],
  comma: [", ", "、"],
  note: [
    "In brackets the exact 95 % interval of so many simulated patients (Clopper and Pearson). A single trial that sees none among n patients excludes no more than shares above about 3/n.",
    "方括号内为按模拟患者数计算的精确 95 % 区间（Clopper–Pearson）。一次试验若在 n 名患者中一例未见，也只能排除约 3/n 以上的比例。",
  ],
});

interface Line {
  name: string;
  counts: (Count | undefined)[];
  path: (arm: number) => string;
}

export function Harms() {
  const { model } = usePage();
  const s = model.summary, arms = useArms(), lines: Line[] = [];
  const nobody: string[] = [];
  s.grades.forEach((g, i) => {
    if (g.arms.every((a) => a.any.with === 0)) return void nobody.push(harmName(g.grade));
    for (const part of ["any", "severe"] as const)
      lines.push({ name: fill(T[part], { x: harmName(g.grade) }), counts: g.arms.map((a) => a[part]), path: (a) => `grades.${i}.arms.${a}.${part}` });
  });
  s.events.forEach((e, i) => {
    if (e.arms.every((a) => a.with === 0)) nobody.push(harmName(e.event));
    else lines.push({ name: harmName(e.event), counts: e.arms, path: (a) => `events.${i}.arms.${a}` });
  });
  if (!lines.length && !nobody.length) return null;
  return (
    <>
      <h3>{T.title}</h3>
      {lines.length > 0 && (
        <Wide label={T.title}>
          <thead><tr><th scope="col">{T.title}</th>{arms.map((a) => <th scope="col"><ArmName arm={a} /></th>)}</tr></thead>
          <tbody>
            {lines.map((l) => (
              <tr>
                <th scope="row">{l.name}</th>
                {arms.map((a) => (l.counts[a] && l.counts[a]!.patients > 0 ? (
                  <td><Num path={`${l.path(a)}.with`} unit="count" />{T.of}<Num path={`${l.path(a)}.patients`} unit="count" />{", "}<Interval x={`${l.path(a)}.share`} low={`${l.path(a)}.low`} high={`${l.path(a)}.high`} unit="share" /></td>
                ) : <td>–</td>))}
              </tr>
            ))}
          </tbody>
        </Wide>
      )}
      {nobody.length > 0 && <p>{fill(T.unseen, { list: nobody.join(T.comma) })}</p>}
      <p class="note">{T.note}</p>
    </>
  );
}
