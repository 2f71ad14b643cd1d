/* Time: a slider over the frames of the film, and what plays it. */
import { useEffect } from "preact/hooks";
import { words } from "../words";
import { frameOf, useTissue } from "./context";
import { time } from "./format";

const T = words({
  play: ["Play", "播放"],
  pause: ["Pause", "暂停"],
  before: ["Frame before", "上一帧"],
  after: ["Next frame", "下一帧"],
  time: ["Time", "时间"],
  speed: ["Speed", "速度"],
  fps: ["{n} frames/s", "{n} 帧/秒"],
  keys: ["Keys: space plays and stops, comma and full stop step.", "按键：空格键播放/暂停，逗号和句号逐帧移动。"],
});
export const SPEEDS = [1, 2, 5, 10, 20];

/** Goes on from frame to frame; a frame that is not unpacked in time is waited for. */
function usePlaying(): void {
  const { lesion, beside, films, view, change, playing, play, speed } = useTissue();
  useEffect(() => {
    if (!playing) return undefined;
    const film = lesion.film, next = lesion.frame + 1;
    if (next >= film.frames) {
      play(false);
      return undefined;
    }
    let current = true;
    const minute = film.run.film[next].minute, other = beside && view.other !== null ? films[view.other] : null;
    const wait = new Promise((done) => setTimeout(done, 1000 / speed));
    Promise.all([film.frame(next), other?.frame(other.nearest(minute)), wait]).then(() => { if (current) change({ minute }); }, () => play(false));
    return () => { current = false; };
  }, [playing, lesion.film, lesion.frame, speed, beside !== null]);
}

/** Space, comma and full stop, wherever the reader is, but for controls that need them. */
function useKeys(toggle: () => void, step: (n: number) => void): void {
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const on = (e.target as HTMLElement).tagName;
      if (e.ctrlKey || e.metaKey || e.altKey || on === "INPUT" || on === "SELECT" || on === "TEXTAREA") return;
      if (e.key === " " && (on === "BODY" || on === "CANVAS" || on === "MAIN")) toggle();
      else if (e.key === ",") step(-1);
      else if (e.key === ".") step(1);
      else return;
      e.preventDefault();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  });
}

export function TimeBar() {
  const { lesion, change, playing, play, speed, setSpeed } = useTissue(), film = lesion.run.film, last = film.length - 1;
  usePlaying();
  const go = (i: number) => change({ minute: i >= last ? null : film[Math.max(0, i)].minute });
  const toggle = () => {
    if (!playing && frameOf(lesion.film, film[lesion.frame]?.minute ?? null) >= last) change({ minute: film[0].minute });
    play(!playing);
  };
  const step = (n: number) => { play(false); go(Math.min(last, Math.max(0, lesion.frame + n))); };
  useKeys(toggle, step);
  if (!film.length) return null;
  const minute = film[lesion.frame].minute, text = time(minute);
  return (
    <div class="timebar" role="group" aria-label={T.time}>
      <button type="button" class="play" aria-label={playing ? T.pause : T.play} title={T.keys} onClick={toggle}><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{playing ? <path d="M3 2h4v12H3zM9 2h4v12H9z" /> : <path d="M3.5 1.5v13l10.5-6.5z" />}</svg></button>
      <button type="button" aria-label={T.before} disabled={lesion.frame <= 0} onClick={() => step(-1)}>‹</button>
      <input type="range" min="0" max={last} step="1" value={lesion.frame} aria-label={T.time} aria-valuetext={text} onInput={(e) => { play(false); go(Number(e.currentTarget.value)); }} />
      <button type="button" aria-label={T.after} disabled={lesion.frame >= last} onClick={() => step(1)}>›</button>
      <output class="now">{text}</output>
      <label class="speed"><span class="hidden">{T.speed}</span><select value={String(speed)} onChange={(e) => setSpeed(Number(e.currentTarget.value))}>{SPEEDS.map((s) => <option value={String(s)}>{T.fps.replace("{n}", String(s))}</option>)}</select></label>
    </div>
  );
}
