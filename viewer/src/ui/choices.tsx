/* Choices that every page has: panels behind buttons, language, looks, link, paper. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { words, type Language } from "../words";

const T = words({
  other: ["中文", "English"],
  more: ["Page", "页面"],
  theme: ["Theme", "外观"],
  system: ["as the system", "跟随系统"],
  light: ["light", "浅色"],
  dark: ["dark", "深色"],
  copy: ["Copy link", "复制链接"],
  copied: ["Copied", "已复制"],
  refused: ["The browser refuses: copy the address yourself.", "浏览器不允许复制，请手动复制地址。"],
  print: ["Print", "打印"],
});

export interface Looks {
  language: Language;
  theme: "auto" | "light" | "dark";
}

/** A panel behind a button. It closes with Escape and with a click elsewhere. */
export function Panel({ title, badge, right, children }: { title: string; badge?: string; right?: boolean; children: ComponentChildren }) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const away = (e: Event) => { if (box.current?.open && !box.current.contains(e.target as Node)) box.current.open = false; };
    const escape = (e: KeyboardEvent) => {
      if (e.key !== "Escape" || !box.current?.open) return;
      box.current.open = false;
      box.current.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", escape);
    return () => { document.removeEventListener("pointerdown", away); document.removeEventListener("keydown", escape); };
  }, []);
  return <details class="choice" ref={box}><summary>{title}{badge && <span class="badge">{badge}</span>}</summary><div class={right ? "panel right" : "panel"}>{children}</div></details>;
}

function CopyLink() {
  const [said, setSaid] = useState("");
  const copy = () => {
    const say = (text: string) => { setSaid(text); setTimeout(() => setSaid(""), 4000); };
    if (!navigator.clipboard) return say(T.refused);
    navigator.clipboard.writeText(location.href).then(() => say(T.copied), () => say(T.refused));
  };
  return <><button type="button" onClick={copy}>{T.copy}</button><span role="status" class="said">{said}</span></>;
}

/** Sections scroll to below the bar, however tall it is. */
export function useHeight() {
  const bar = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const watch = new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${bar.current?.offsetHeight ?? 0}px`));
    if (bar.current) watch.observe(bar.current);
    return () => watch.disconnect();
  }, []);
  return bar;
}

/** The end of a toolbar: the other language, and what concerns the page as a whole. */
export function PageChoices({ view, change }: { view: Looks; change: (part: Partial<Looks>) => void }) {
  return (
    <>
      <button type="button" lang={view.language === "zh" ? "en" : "zh-Hans"} onClick={() => change({ language: view.language === "zh" ? "en" : "zh" })}>{T.other}</button>
      <Panel title={T.more} right>
        <label>{T.theme}{" "}
          <select value={view.theme} onChange={(e) => change({ theme: e.currentTarget.value as Looks["theme"] })}><option value="auto">{T.system}</option><option value="light">{T.light}</option><option value="dark">{T.dark}</option></select>
        </label>
        <CopyLink />
        <button type="button" onClick={() => print()}>{T.print}</button>
      </Panel>
    </>
  );
}
