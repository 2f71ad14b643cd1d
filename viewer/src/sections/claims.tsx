/* What would have to be true for claims to hold (docs/reference/claims.md). */
import type { Summary } from "../data";
import { labelName } from "../names";
import { value } from "../format";
import { usePage } from "../ui/context";
import { Wide } from "../ui/parts";
import { words } from "../words";

const T = words({
  parameter: ["Parameter", "参数"],
  needed: ["For the claim to hold", "论断成立所需"],
  evidence: ["Its evidence", "与证据的关系"],
  source: ["Stated by", "出处"],
  inside: ["inside", "在范围内"],
  above: ["above", "高于范围"],
  below: ["below", "低于范围"],
  "no range": ["no range known", "无已知范围"],
  cannot: ["cannot", "无法达到"],
  "no effect": ["no effect", "无影响"],
  note: [
    "Each parameter is multiplied for every patient, alone, by up to 1000 either way, in a trial of 60 patients who are the same in every step. Its evidence is the range in the table of parameters, a copy of which is in inputs/. Two parameters together may need less.",
    "每个参数单独地对所有患者同时放大或缩小，最多 1000 倍；所用试验含 60 名患者，各步均为同一批人。证据指参数表（副本在 inputs/ 中）所列范围。两个参数同时变动时所需可能更小。",
  ],
});

interface Lever {
  parameter: string;
  verdict: string;
  sentence: string;
}
interface Claim {
  endpoint: string;
  claimed: number | null;
  source: string;
  sentence: string;
  levers: Lever[];
}
export const claimsOf = (s: Summary): Claim[] => s.claims as Claim[];

function Levers({ c }: { c: Claim }) {
  return (
    <Wide label={c.endpoint} small>
      <thead><tr><th scope="col">{T.parameter}</th><th scope="col">{T.needed}</th><th scope="col">{T.evidence}</th></tr></thead>
      <tbody>
        {c.levers.map((l) => (
          <tr><th scope="row"><code>{l.parameter}</code></th><td lang="en">{l.sentence}</td><td><span class={l.verdict === "inside" ? "pass" : l.verdict === "above" || l.verdict === "below" ? "miss" : undefined}>{l.verdict in T ? T[l.verdict as "inside"] : l.verdict}</span></td></tr>
        ))}
      </tbody>
    </Wide>
  );
}

export function Claims() {
  const { model } = usePage();
  const figures = model.summary.expectations.claim?.figures ?? [];
  return (
    <>
      {claimsOf(model.summary).map((c) => {
        const unit = figures.find((f) => f.written === c.endpoint)?.unit ?? "1";
        return (
          <>
            <h3>{labelName(c.endpoint)}{c.claimed !== null && `: ${value(c.claimed, unit)}`}</h3>
            <p lang="en">{c.sentence}</p>
            <p class="note">{T.source}: {c.source}</p>
            {c.levers.length > 0 && <Levers c={c} />}
          </>
        );
      })}
      <p class="note">{T.note}</p>
    </>
  );
}
