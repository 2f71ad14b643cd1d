/* The page of a tissue: mark, head, choices, sections. */
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { PageChoices, useHeight } from "../ui/choices";
import { Contents, type Listed } from "../ui/contents";
import { FigureOf, type FigureSpec } from "../ui/figure";
import { fill, setLanguage, words } from "../words";
import { TissueContext, useLesion, useTissue, type Tissue } from "./context";
import { courseFigure, moveCursor, substanceFigure } from "./course";
import type { TissuePage } from "./data";
import { Film } from "./decode";
import { time } from "./format";
import { depthFigure, profileFigure } from "./inside";
import { FileView, RecordView } from "./record";
import { formatView, parseView, within, type View } from "./state";
import { StudyView } from "./study";
import { Viewer } from "./viewer";

const T = words({
  simulated: ["SIMULATED: no cell on this page exists", "模拟结果：本页中的细胞均不存在"],
  skip: ["Skip to the results", "跳到结果"],
  choices: ["Choices", "选项"],
  run: ["Run", "运行"],
  beside: ["beside it", "并排显示"],
  none: ["none", "无"],
  reset: ["Reset", "重置"],
  study: ["What was asked", "研究问题与结果"],
  lesion: ["The lesion", "病灶"],
  course: ["Over time", "随时间的变化"],
  inside: ["Inside the lesion", "病灶内部"],
  file: ["The tissue file", "组织文件"],
  record: ["Record", "记录"],
  status: ["{run} at {time}.", "{run}，{time}。"],
  stopped: ["This run was stopped at {a} of {b}.", "此次运行在 {b} 中的 {a} 处停止。"],
});

/** The view and the address follow each other; while somebody drags, the address waits. */
function useView(): [View, (part: Partial<View>) => void] {
  const [view, setView] = useState(() => parseView(location.hash, navigator.languages)), timer = useRef(0);
  useEffect(() => {
    const read = () => setView(parseView(location.hash, navigator.languages));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const change = useCallback((part: Partial<View>) => {
    setView((old) => {
      const next = { ...old, ...part };
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => history.replaceState(null, "", `#${formatView(next, navigator.languages)}`), 120);
      return next;
    });
  }, []);
  return [view, change];
}

function useTissuePage(data: TissuePage): Tissue {
  const [asked, change] = useView(), [playing, play] = useState(false), [speed, setSpeed] = useState(5);
  const films = useMemo(() => data.runs.map((r) => new Film(r)), [data]), film = films[asked.run] ?? films[0], view = useMemo(() => within(asked, film.run), [asked, film]);
  const lesion = useLesion(film, view.minute)!;
  // Beside it: the same moment of the other run.
  const other = view.other !== null && view.other !== films.indexOf(film) ? films[view.other] ?? null : null, now = view.minute === null ? null : film.run.film[lesion.frame]?.minute ?? null;
  const beside = useLesion(other, now);
  return { data, view, change, lesion, beside, films, playing, play, speed, setSpeed };
}

function Runs() {
  const { data, view, change, lesion } = useTissue(), here = data.runs.indexOf(lesion.run);
  if (data.runs.length < 2) return null;
  return (
    <>
      <label>{T.run}{" "}<select value={String(here)} onChange={(e) => change({ run: Number(e.currentTarget.value), other: view.other === Number(e.currentTarget.value) ? null : view.other })}>{data.runs.map((r, i) => <option value={String(i)}>{r.label}</option>)}</select></label>
      <label>{T.beside}{" "}<select value={view.other === null ? "" : String(view.other)} onChange={(e) => change({ other: e.currentTarget.value === "" ? null : Number(e.currentTarget.value) })}><option value="">{T.none}</option>{data.runs.map((r, i) => i !== here && <option value={String(i)}>{r.label}</option>)}</select></label>
    </>
  );
}

const UNCHANGED: Partial<View> = { minute: null, colour: "type", map: "viridis", opacity: [], dead: true, box: true, clip: null, slice: null, camera: null, profile: "density", centre: null, outcome: null };

function Toolbar() {
  const bar = useHeight(), { view, change, lesion, beside } = useTissue();
  const plain = formatView({ ...view, ...UNCHANGED }, []) === formatView(view, []), minute = lesion.run.film[lesion.frame]?.minute ?? lesion.run.minutes;
  return (
    <form class="toolbar" ref={bar} aria-label={T.choices} onSubmit={(e) => e.preventDefault()}>
      <div class="row">
        <Runs />
        <p class="status">{fill(T.status, { run: [lesion, ...(beside ? [beside] : [])].map((l) => l.run.label).join(" | "), time: time(minute) })}</p>
        <span class="gap" />
        <PageChoices view={view} change={change} />
        {!plain && <button type="button" onClick={() => change(UNCHANGED)}>{T.reset}</button>}
      </div>
    </form>
  );
}

/** Figures of one section; drawn again with the moment where they show it. */
function Figures({ list, moment }: { list: FigureSpec<Tissue>[]; moment: boolean }) {
  const t = useTissue(), { view, lesion, beside } = t;
  useEffect(() => {
    const minute = lesion.run.film[lesion.frame]?.minute;
    if (!moment && minute !== undefined) for (const f of list) moveCursor(f.id, minute);
  }, [lesion.run, lesion.frame]);
  const depends = moment ? [lesion.cells, beside?.cells, view] : [lesion.run, beside?.run, view.language, view.theme];
  return <div class={moment ? "pair" : undefined}>{list.filter((f) => f.present(t)).map((f) => <FigureOf key={f.id} spec={f} page={t} whose={lesion.run.name} depends={depends} />)}</div>;
}

interface Section extends Listed {
  body: () => ComponentChildren;
}
const SECTIONS: (Section & { present: (t: Tissue) => boolean })[] = [
  { id: "study", part: "results", title: () => T.study, present: (t) => t.data.study !== undefined, body: () => <StudyView /> },
  { id: "lesion", part: "results", title: () => T.lesion, present: () => true, body: () => <Viewer /> },
  { id: "course", part: "results", title: () => T.course, present: (t) => courseFigure.present(t), body: () => <Figures list={[courseFigure, substanceFigure]} moment={false} /> },
  { id: "inside", part: "results", title: () => T.inside, present: (t) => profileFigure.present(t), body: () => <Figures list={[profileFigure, depthFigure]} moment /> },
  { id: "file", part: "model", title: () => T.file, present: () => true, body: () => <FileView /> },
  { id: "record", part: "record", title: () => T.record, present: () => true, body: () => <RecordView /> },
];

export function App({ data }: { data: TissuePage }) {
  const tissue = useTissuePage(data), { view, lesion } = tissue, study = data.study, { run } = lesion;
  setLanguage(view.language);
  // Before the scene asks for the colours of the page.
  useLayoutEffect(() => {
    document.documentElement.lang = view.language === "zh" ? "zh-Hans" : "en";
    document.documentElement.dataset.theme = view.theme;
  }, [view.language, view.theme]);
  // For tests, and for those who wait for the picture: the frame that is on the screen.
  useEffect(() => { document.documentElement.dataset.frame = lesion.fault ? "fault" : lesion.cells ? String(lesion.cells.minute) : lesion.run.film.length ? "" : "none"; });
  const shown = SECTIONS.filter((s) => s.present(tissue)), question = study?.question ?? run.question;
  return (
    <TissueContext.Provider value={tissue}>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{T.skip}</a>
      <header class="mark">{T.simulated}</header>
      <div class="frame tissue">
        <Contents list={shown} />
        <main id="main" tabIndex={-1}>
          <div class="head">
            <h1>{study?.title ?? study?.name ?? run.title ?? run.name}</h1>
            {question && <p class="question">{question}</p>}
            {!run.complete && <div class="warning"><p>{fill(T.stopped, { a: time(run.minutes), b: time(run.planned) })}</p></div>}
          </div>
          <Toolbar />
          {shown.map((s) => (
            <section id={s.id} key={s.id} aria-labelledby={`${s.id}-head`}>
              <h2 id={`${s.id}-head`} tabIndex={-1}>{s.title()}</h2>
              {s.body()}
            </section>
          ))}
        </main>
      </div>
    </TissueContext.Provider>
  );
}
