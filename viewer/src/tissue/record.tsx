/* The file that was run, where its numbers come from, and what the page is made of. */
import { Facts } from "../ui/parts";
import { saveText } from "../ui/download";
import { DataTable } from "../ui/table";
import { fill, words } from "../words";
import { useTissue } from "./context";
import { time } from "./format";

const T = words({
  save: ["Save this file", "保存此文件"],
  rules: ["Its table of rules", "规则表"],
  sources: ["Where its numbers come from", "数值来源"],
  where: ["where", "位置"],
  source: ["source", "来源"],
  name: ["tissue", "组织"],
  systems: ["rows of evidence/systems.csv", "evidence/systems.csv 的条目"],
  simulated: ["simulated", "已模拟"],
  of: ["{a} of {b}", "{b} 中的 {a}"],
  complete: ["{a}, complete", "{a}，已完成"],
  seed: ["seed", "随机种子"],
  domain: ["domain", "区域"],
  voxels: ["voxels of the fields", "场的体素"],
  film: ["film", "影像"],
  frames: ["{n} frames", "{n} 帧"],
  framesOf: ["{n} of {m} frames", "{m} 帧中的 {n} 帧"],
  framesCut: ["{frames}; of crowded ones an even share of the cells is drawn", "{frames}；细胞过多的帧只绘制均匀抽取的一部分"],
  version: ["Perforin", "Perforin"],
  rounding: ["Positions in the film are rounded to 1/65,535 of the domain, radii to 1/8 µm, attributes and fields to 1/255 of their range; numbers computed from it (profiles, depths) carry that error. Counts are unrounded.", "影像中的位置取整到区域的 1/65,535，半径取整到 1/8 µm，属性和场取整到其范围的 1/255；由其计算的数值（分布、深度）带有此误差。计数未取整。"],
});

export function FileView() {
  const { lesion } = useTissue(), { run } = lesion;
  return (
    <>
      <div class="files"><button type="button" onClick={() => saveText(run.text, `${run.name}.yaml`, "text/yaml")}>{T.save}</button></div>
      <pre tabIndex={0} class="file">{run.text}</pre>
      {run.rules && <><h3>{T.rules}</h3><div class="files"><button type="button" onClick={() => saveText(run.rules!, `${run.name}.csv`, "text/csv")}>{T.save}</button></div><pre tabIndex={0} class="file">{run.rules}</pre></>}
      {run.sources && run.sources.length > 0 && <><h3>{T.sources}</h3><DataTable data={{ columns: [{ label: T.where }, { label: T.source }], rows: run.sources.map((s) => [s.where, s.source]) }} label={T.sources} /></>}
    </>
  );
}

export function RecordView() {
  const { lesion, data } = useTissue(), { run } = lesion, size = run.domain.high.map((h, k) => Math.round(h - run.domain.low[k]));
  const frames = run.filmed !== undefined && run.filmed > run.film.length ? fill(T.framesOf, { n: run.film.length, m: run.filmed }) : fill(T.frames, { n: run.film.length });
  const thin = run.film.some((f) => f.shown < f.cells), rows: [string, string][] = [
    [T.name, run.name],
    [T.simulated, run.complete ? fill(T.complete, { a: time(run.minutes) }) : fill(T.of, { a: time(run.minutes), b: time(run.planned) })],
    [T.seed, run.seed],
    [T.domain, `${size.join(" × ")} µm`],
    [T.voxels, `${run.domain.voxels.join(" × ")}, ${run.domain.voxel} µm`],
    [T.film, thin ? fill(T.framesCut, { frames }) : frames],
    [T.version, data.version],
  ];
  if (run.systems.length) rows.splice(1, 0, [T.systems, run.systems.join(", ")]);
  return <><Facts rows={rows} /><p class="note">{T.rounding}</p></>;
}
