/* A figure: drawing, caption, its table, and files of all three. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { words } from "../words";
import { usePage, type Page } from "./context";
import { savePng, saveText, standalone } from "./download";
import { later } from "./queue";
import { csv, DataTable, type TableData } from "./table";

export interface FigureSpec {
  id: string; // of the element, and the file name of downloads
  title: () => string;
  /** Is there anything to show in this run? */
  present: (p: Page) => boolean;
  /** Panels, one below the other. An empty list: the choice of the reader leaves nothing. */
  draw: (p: Page, width: number) => SVGSVGElement[];
  /** What the figure shows, of whom, and what to beware of. */
  caption: (p: Page) => ComponentChildren;
  table: (p: Page) => TableData;
  /** Shown between title and drawing: a figure's own choices, or figures that belong beside it. */
  beside?: (p: Page) => ComponentChildren;
  /** Does drawing depend on what the reader selects? */
  fixed?: boolean;
}

const T = words({
  table: ["The numbers", "数据表"],
  empty: ["Nothing is left of this figure under the present choice of arms, patients and times.", "在当前所选的组别、患者和时间下，此图没有内容。"],
  save: ["Save this figure", "保存此图"],
  waiting: ["The figure is being drawn.", "正在绘图。"],
});

const HEAD = 26; // height of the line above a saved figure

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** Panels below each other in one drawing, for a file. Its first line says what it is: a picture leaves the page that says SIMULATED. */
function stacked(panels: SVGSVGElement[], title: string): { text: string; width: number; height: number } {
  const boxes = panels.map((p) => p.getBoundingClientRect()), plain = getComputedStyle(document.documentElement);
  const width = Math.max(...boxes.map((b) => b.width));
  let y = HEAD;
  const inside = panels.map((p, i) => {
    const text = standalone(p, title).replace(/^<\?xml[^>]*>\s*/, "").replace("<svg", `<svg x="0" y="${y}"`);
    y += boxes[i].height;
    return text;
  });
  const ground = `<rect width="100%" height="100%" fill="${plain.getPropertyValue("--ground").trim() || "#fff"}"/>`;
  const head = `<text x="6" y="17" font-family="sans-serif" font-size="12" font-weight="600" fill="${plain.getPropertyValue("--text").trim() || "#000"}">${escaped(title)}</text>`;
  return { text: `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">\n${ground}${head}\n${inside.join("")}</svg>\n`, width, height: y };
}

function Files({ spec, panels, table }: { spec: FigureSpec; panels: () => SVGSVGElement[]; table: () => TableData }) {
  const page = usePage();
  const name = `SIMULATED-${page.model.run.study.name}-${spec.id}`;
  const title = `SIMULATED: ${page.model.run.study.name}, ${spec.title()}`;
  const svg = () => saveText(stacked(panels(), title).text, `${name}.svg`, "image/svg+xml");
  const png = () => {
    const s = stacked(panels(), title);
    void savePng(s.text, s.width, s.height, `${name}.png`);
  };
  const text = () => saveText(csv(table()), `${name}.csv`, "text/csv");
  return (
    <div class="files" role="group" aria-label={`${T.save}: ${spec.title()}`}>
      <button type="button" onClick={svg}>SVG</button>
      <button type="button" onClick={png}>PNG</button>
      <button type="button" onClick={text}>CSV</button>
    </div>
  );
}

/** The width that drawings may take. */
function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const see = () => setWidth(Math.floor(box.current?.clientWidth ?? 0));
    see();
    const watch = new ResizeObserver(see);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, width];
}

export function Figure({ spec }: { spec: FigureSpec }) {
  const page = usePage();
  const [box, width] = useWidth();
  const panels = useRef<SVGSVGElement[]>([]);
  const [state, setState] = useState<"waiting" | "drawn" | "empty">("waiting");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!width) return undefined;
    return later(() => {
      const begun = performance.now();
      const drawn = spec.draw(page, width);
      performance.measure(spec.id, { start: begun }); // how long it takes: for tests, and for the browser's own tools
      const title = spec.title();
      drawn.forEach((svg, i) => {
        svg.setAttribute("role", "img");
        // An image is read by its name and its table; names of its parts (rule, dot ...) say nothing.
        for (const part of svg.querySelectorAll("[aria-label], [aria-description]")) {
          part.removeAttribute("aria-label");
          part.removeAttribute("aria-description");
        }
        svg.setAttribute("aria-label", drawn.length > 1 ? `${title} (${i + 1}/${drawn.length})` : title);
      });
      panels.current = drawn;
      box.current?.replaceChildren(...drawn);
      setState(drawn.length ? "drawn" : "empty");
    }, box.current);
  }, [spec, page.model, page.view, page.scores, width]);
  const table = useMemo(() => (open ? spec.table(page) : null), [open, spec, page.model, page.view, page.scores]);
  return (
    <figure id={spec.id} data-state={state} aria-labelledby={`${spec.id}-title`}>
      <div class="figure-head">
        <h3 id={`${spec.id}-title`}>{spec.title()}</h3>
        <Files spec={spec} panels={() => panels.current} table={() => spec.table(page)} />
      </div>
      {spec.beside?.(page)}
      <div ref={box} class="drawing" />
      {state === "waiting" && <p class="note">{T.waiting}</p>}
      {state === "empty" && <p class="note">{T.empty}</p>}
      <figcaption>{spec.caption(page)}</figcaption>
      <details class="numbers" onToggle={(e) => setOpen((e.target as HTMLDetailsElement).open)}>
        <summary>{T.table}</summary>
        {table && <DataTable data={table} label={spec.title()} />}
      </details>
    </figure>
  );
}
