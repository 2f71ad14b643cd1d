/* The page: mark, head, choices, sections. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { ComparisonHead, comparisonSections, ComparisonStatus } from "./compare";
import { isComparison } from "./compare/runs";
import type { PageData } from "./data";
import { Model } from "./model";
import { asRun, score } from "./score/score";
import { sections } from "./sections";
import { select } from "./select";
import { formatView, isRescored, parseView, type View } from "./state";
import { PageContext, type Page } from "./ui/context";
import { Contents } from "./ui/contents";
import { Rescored } from "./ui/scoring";
import { Toolbar } from "./ui/toolbar";
import { setLanguage, words } from "./words";

const T = words({
  simulated: ["SIMULATED: no patient on this page exists", "模拟结果：本页中的患者均不存在"],
  skip: ["Skip to the results", "跳到结果"],
});

function useView(): [View, (part: Partial<View>) => void] {
  const [view, setView] = useState(() => parseView(location.hash, navigator.languages));
  useEffect(() => {
    const read = () => setView(parseView(location.hash, navigator.languages));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const change = useCallback((part: Partial<View>) => {
    setView((old) => {
      const next = { ...old, ...part };
      history.replaceState(null, "", `#${formatView(next, navigator.languages)}`);
      return next;
    });
  }, []);
  return [view, change];
}

export function App({ data }: { data: PageData }) {
  const [view, change] = useView();
  const models = useMemo(() => data.runs.map((r) => new Model(r)), [data]);
  const model = models[0];
  setLanguage(view.language);
  useEffect(() => {
    document.documentElement.lang = view.language === "zh" ? "zh-Hans" : "en";
    document.documentElement.dataset.theme = view.theme;
  }, [view.language, view.theme]);
  const selection = useMemo(() => select(model, view), [model, view.replicate, view.hidden, view.filters, view.rules]);
  const scores = useMemo(() => (!model.patients ? null : isRescored(view) ? score(model, view.rules) : asRun(model)), [model, view.rules]);
  const page: Page = { data, model, models, view, change, selection, scores };
  const compared = isComparison(page);
  const shown = (compared ? comparisonSections : sections).filter((s) => s.present(page));
  const study = model.run.study;
  return (
    <PageContext.Provider value={page}>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{T.skip}</a>
      <header class="mark">{T.simulated}</header>
      <div class="frame" key={view.language}>
        <Contents list={shown} />
        <main id="main" tabIndex={-1}>
          {compared ? <ComparisonHead /> : (
            <div class="head">
              <h1>{study.title ?? study.name}</h1>
              {study.question && <p class="question">{study.question}</p>}
            </div>
          )}
          <Toolbar status={compared ? <ComparisonStatus /> : undefined} />
          <Rescored />
          {shown.map((s) => (
            <section id={s.id} key={s.id} aria-labelledby={`${s.id}-head`}>
              <h2 id={`${s.id}-head`} tabIndex={-1}>{s.title()}</h2>
              {s.body()}
            </section>
          ))}
        </main>
      </div>
    </PageContext.Provider>
  );
}
