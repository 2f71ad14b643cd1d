/* Endpoints of each arm over the replicates. */
import type { Measure } from "../data";
import { usePage } from "../ui/context";
import { Interval } from "../ui/num";
import { words } from "../words";

const T = words({
  endpoint: ["endpoint", "终点"],
  note: [
    "Mean over replicates of the share or the median of a replicate; of what is measured in single patients, and where some replicates do not reach a median, the median over replicates. In brackets the 2.5 and 97.5 % quantiles: what trials of this size would show, given all that is unknown. – : not reached, or nobody could have one.",
    "各重复试验中比例或中位数的均值；对单个患者测量的指标，或部分重复未达到中位数时，取各重复的中位数。方括号内为 2.5 % 与 97.5 % 分位数：在全部未知因素下，同等规模试验可能呈现的范围。– ：未达到，或无人可评估。",
  ],
});

/** Which value stands for all replicates. */
export function centre(m: Measure): "mean" | "median" {
  return m.centre === "median" || m.mean === null || m.replicates_reached < m.replicates_defined ? "median" : "mean";
}
/** Where the summary's interval of a measure is: over replicates, or of a lone replicate by its patients. */
export function limits(m: Measure): ["low", "high"] | ["q025", "q975"] {
  return m.low !== undefined ? ["low", "high"] : ["q025", "q975"];
}

export function Endpoints() {
  const { model } = usePage();
  const arms = model.summary.arms;
  return (
    <>
      <div class="table" tabIndex={0} role="region" aria-label={T.endpoint}>
        <table>
          <thead><tr><th scope="col">{T.endpoint}</th>{arms.map((a) => <th scope="col">{a.name}</th>)}</tr></thead>
          <tbody>
            {arms[0].endpoints.map((m, k) => (
              <tr>
                <th scope="row">{m.label ?? m.endpoint}{m.at_day !== undefined ? ` ${m.at_day}` : ""}</th>
                {arms.map((a, i) => {
                  const e = a.endpoints[k], path = `arms.${i}.endpoints.${k}`;
                  const [low, high] = limits(e);
                  return <td><Interval x={`${path}.${centre(e)}`} low={`${path}.${low}`} high={`${path}.${high}`} unit={e.unit} /></td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">{T.note}</p>
    </>
  );
}
