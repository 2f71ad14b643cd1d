/* The list of sections, with the one in sight marked. */
import { useEffect, useState } from "preact/hooks";
import { words } from "../words";

const T = words({
  contents: ["Contents", "目录"],
  results: ["Results", "结果"],
  model: ["Model and evidence", "模型与证据"],
  record: ["Record", "记录"],
});
const PARTS = ["results", "model", "record"] as const;

/** A section as the list shows it. */
export interface Listed {
  id: string;
  part: (typeof PARTS)[number];
  title: () => string;
}

/** Scrolls there and takes the keyboard's focus along. */
function goTo(id: string): void {
  const section = document.getElementById(id);
  section?.scrollIntoView();
  section?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
}

/** The last section that begins above the upper third of the window. */
function useCurrent(list: Listed[]): string {
  const [current, setCurrent] = useState(list[0]?.id ?? "");
  useEffect(() => {
    let planned = 0;
    const see = () => {
      planned = 0;
      let found = list[0]?.id ?? "";
      for (const s of list) {
        const box = document.getElementById(s.id)?.getBoundingClientRect();
        if (box && box.top < innerHeight / 3) found = s.id;
      }
      setCurrent(found);
    };
    const plan = () => { planned ||= requestAnimationFrame(see); };
    addEventListener("scroll", plan, { passive: true });
    see();
    return () => { removeEventListener("scroll", plan); cancelAnimationFrame(planned); };
  }, [list.map((s) => s.id).join(" ")]);
  return current;
}

export function Contents({ list }: { list: Listed[] }) {
  const current = useCurrent(list);
  const [open, setOpen] = useState(() => matchMedia("(min-width: 901px)").matches);
  return (
    <nav aria-label={T.contents}>
      <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>{T.contents}</summary>
        {PARTS.map((part) => {
          const mine = list.filter((s) => s.part === part);
          return mine.length > 0 && (
            <div>
              <p id={`contents-${part}`}>{T[part]}</p>
              <ol aria-labelledby={`contents-${part}`}>
                {mine.map((s) => (
                  <li><a href={`#${s.id}`} aria-current={s.id === current ? "location" : undefined} onClick={(e) => { e.preventDefault(); goTo(s.id); }}>{s.title()}</a></li>
                ))}
              </ol>
            </div>
          );
        })}
      </details>
    </nav>
  );
}
