/* The section with the lesion: what is counted now, the scene (or two), time, choices, files. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { significant, unitText } from "../format";
import { fill, words } from "../words";
import { STATE_COLOURS, tableOf } from "./colour";
import { countsRow, useTissue, type Lesion } from "./context";
import { STATES } from "./data";
import { attributeValue } from "./decode";
import { Controls } from "./controls";
import { Counted } from "./counted";
import { time } from "./format";
import { hasWebGl, Lesion3d, LesionFlat, type Shown } from "./lesion";
import { attributeOf, FIELD_MAP, fieldScale, NONE } from "./paint";
import { canRecord, record, savePicture, type Caption, type Key } from "./picture";
import { Sight } from "./scene";
import { STATE_NAMES } from "./statenames";
import { TimeBar } from "./timebar";

const T = words({
  alive: ["{name} alive", "存活的 {name}"],
  kills: ["kills so far", "累计杀伤"],
  births: ["births so far", "累计分裂"],
  time: ["time", "时间"],
  png: ["Save picture", "保存图片"],
  webm: ["Record film", "录制影片"],
  stop: ["Stop recording", "停止录制"],
  fault: ["This frame cannot be shown: {why}.", "无法显示此帧：{why}。"],
  empty: ["The run has written no film.", "此次运行没有写出影像。"],
  how: ["Drag to turn, right button to move, wheel to come nearer once the picture is clicked. A click marks a cell.", "拖动旋转，右键平移，点击画面后可用滚轮缩放。单击可选中细胞。"],
  cause: ["Counts are those of counts.csv at {time}.", "计数取自 counts.csv（{time}）。"],
});

function Now({ lesion }: { lesion: Lesion }) {
  const f = lesion.run.film[lesion.frame], minute = f?.minute ?? lesion.run.minutes, row = countsRow(lesion.run, minute), has = (c: string) => lesion.run.counts.columns.includes(c);
  return (
    <>
      <dl class="now-counts">
        <div><dt>{T.time}</dt><dd class="big">{time(minute)}</dd></div>
        {lesion.run.types.map((t, i) => has(`${t.name}.alive`) && <div><dt><span class="key round" style={{ background: lesion.colours[i] }} aria-hidden="true" />{fill(T.alive, { name: t.name })}</dt><dd class="big"><Counted lesion={lesion} column={`${t.name}.alive`} row={row} /></dd></div>)}
        {has("kills") && lesion.run.types.some((t) => t.killer) && <div><dt>{T.kills}</dt><dd class="big"><Counted lesion={lesion} column="kills" row={row} /></dd></div>}
        {has("births") && <div><dt>{T.births}</dt><dd class="big"><Counted lesion={lesion} column="births" row={row} /></dd></div>}
      </dl>
    </>
  );
}

/** What the colours of the picture mean, for a file. */
function useKeysOfPicture(): Key[] {
  const { lesion, view } = useTissue(), run = lesion.run, a = run.attributes[attributeOf(run, view.colour)], keys: Key[] = [];
  const without = run.types.filter((_, i) => a && !lesion.film.carries(run.attributes.indexOf(a), i) && (view.opacity[i] ?? 1) > 0).map((t) => t.name);
  if (a) keys.push({ table: tableOf(view.map), name: a.name, low: `${significant(attributeValue(a, 0))}`, high: `${significant(attributeValue(a, 255))} ${unitText(a.unit)}` });
  else if (view.colour === "state") keys.push({ marks: STATES.map((s, i) => ({ colour: STATE_COLOURS[i], name: STATE_NAMES[s] })) });
  else keys.push({ marks: run.types.map((t, i) => ({ colour: lesion.colours[i], name: t.name })).filter((_, i) => (view.opacity[i] ?? 1) > 0) });
  if (without.length) keys.push({ marks: [{ colour: `rgb(${NONE.join(" ")})`, name: without.join(", ") }] });
  const s = view.slice, x = s && run.substances[s.substance];
  if (s && x) {
    const [low, high] = fieldScale(run, s.substance);
    keys.push({ table: tableOf(FIELD_MAP), name: x.name, low: significant(low), high: `${significant(high)} ${unitText(x.unit)}` });
  }
  return keys;
}

/** Save what is seen, or the film as it is seen. */
function Files({ parts }: { parts: { current: (Shown | null)[] } }) {
  const { lesion, beside, change, films, view, play, speed } = useTissue(), keys = useKeysOfPicture(), [recording, setRecording] = useState(false), stop = useRef(false);
  const title = (l: Lesion, minute: number) => ({ when: time(minute), name: `${films.length > 1 ? `${l.run.label} · ` : ""}${l.run.title ?? l.run.name}` });
  const now = useRef<Caption>({ titles: [], keys: [] });
  now.current = { titles: [lesion, ...(beside ? [beside] : [])].map((l) => title(l, l.cells?.minute ?? 0)), keys };
  const there = () => parts.current.filter((p): p is Shown => p !== null);
  const name = `SIMULATED-${lesion.run.name}`;
  const film = async () => {
    play(false);
    stop.current = false;
    setRecording(true);
    let i = 0;
    const next = async () => {
      if (i >= lesion.film.frames) return false as const;
      const minute = lesion.run.film[i++].minute;
      await Promise.all([lesion.film.frame(i - 1), beside && view.other !== null ? films[view.other].frame(films[view.other].nearest(minute)) : null]);
      change({ minute });
      for (let k = 0; k < 120 && there()[0]?.minute() !== minute; k++) await new Promise((done) => requestAnimationFrame(done));
      return { parts: there(), caption: now.current };
    };
    try {
      await record(next, speed, name, () => stop.current);
    } finally {
      setRecording(false);
    }
  };
  return (
    <div class="files scene-files">
      <button type="button" onClick={() => void savePicture(there(), now.current, `${name}-${Math.round(lesion.cells?.minute ?? 0)}min`)}>{T.png} (PNG)</button>
      {canRecord() && lesion.film.frames > 1 && <button type="button" aria-pressed={recording} onClick={() => (recording ? (stop.current = true) : void film())}>{recording ? T.stop : `${T.webm} (WebM)`}</button>}
    </div>
  );
}

/** A picture takes the place of the canvas on paper, where a canvas of WebGL stays empty. */
function usePaper(parts: { current: (Shown | null)[] }): string[] {
  const [paper, setPaper] = useState<string[]>([]);
  useEffect(() => {
    const take = () => setPaper(parts.current.flatMap((p) => (p ? (p.refresh(), [p.canvas.toDataURL("image/png")]) : [])));
    addEventListener("beforeprint", take);
    return () => removeEventListener("beforeprint", take);
  }, []);
  return paper;
}

function useDark(): boolean {
  const query = useMemo(() => matchMedia("(prefers-color-scheme: dark)"), []), [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const see = () => setDark(query.matches);
    query.addEventListener("change", see);
    return () => query.removeEventListener("change", see);
  }, []);
  return dark;
}

export function Viewer() {
  const { lesion, beside, view, films } = useTissue(), sight = useMemo(() => new Sight(), []), dark = useDark();
  const parts = useRef<(Shown | null)[]>([]), paper = usePaper(parts), flat = !hasWebGl();
  useEffect(() => sight.set(view.camera), [view.camera?.join()]);
  if (!lesion.run.film.length) return <p class="note">{T.empty}</p>;
  const all = beside ? [lesion, beside] : [lesion], One = flat ? LesionFlat : Lesion3d;
  return (
    <div class={`viewer${beside ? " two" : ""}`}>
      {all.map((l) => <div key={l.run.label}>{films.length > 1 && <h3>{l.run.label}</h3>}<Now lesion={l} /></div>)}
      <div class="stage">
        <div class="left">
          <div class="scenes">
            {all.map((l, i) => (
              <div class="scene-box" key={i}>
                {l.fault && <p class="warning">{fill(T.fault, { why: l.fault })}</p>}
                <One lesion={l} sight={sight} dark={dark} label={l.run.label} when={time(l.run.film[l.frame]?.minute ?? 0)} shown={(s: Shown | null) => { parts.current[i] = s; }} />
                {paper[i] && <img class="paper" src={paper[i]} alt={`${l.run.label}, ${time(l.cells?.minute ?? 0)}`} />}
              </div>
            ))}
          </div>
          <TimeBar />
        </div>
        <Controls sight={sight} flat={flat} />
      </div>
      <div class="below"><p class="note">{fill(T.cause, { time: time(lesion.run.counts.values[0]?.[countsRow(lesion.run, lesion.run.film[lesion.frame].minute)] ?? 0) })} {!flat && <span class="screen">{T.how}</span>}</p><Files parts={parts} /></div>
    </div>
  );
}

