/* A figure: drawing, caption, its table, and files of all three. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { words } from "../words";
import { usePage, type Page } from "./context";
import { savePng, saveText, standalone } from "./download";
import { later } from "./queue";
import { csv, DataTable, type TableData } from "./table";

/** `P`: what its page knows; that of a run of a trial unless it says else. */
export interface FigureSpec<P = Page> {
  id: string; // of the element, and the file name of downloads
  title: () => string;
  /** Is there anything to show in this run? */
  present: (p: P) => boolean;
  /** Panels, one below the other. An empty list: the choice of the reader leaves nothing. */
  draw: (p: P, width: number) => SVGSVGElement[];
  /** What the figure shows, of whom, and what to beware of. */
  caption: (p: P) => ComponentChildren;
  table: (p: P) => TableData;
  /** Shown between title and drawing: a figure's own choices, or figures that belong beside it. */
  beside?: (p: P) => ComponentChildren;
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

/** Of `whose` study or tissue: `id` and `shown` as its FigureSpec says. */
function Files({ whose, id, shown, panels, table }: { whose: string; id: string; shown: string; panels: () => SVGSVGElement[]; table: () => TableData }) {
  const name = `SIMULATED-${whose}-${id}`;
  const title = `SIMULATED: ${whose}, ${shown}`;
  const svg = () => saveText(stacked(panels(), title).text, `${name}.svg`, "image/svg+xml");
  const png = () => {
    const s = stacked(panels(), title);
    void savePng(s.text, s.width, s.height, `${name}.png`);
  };
  const text = () => saveText(csv(table()), `${name}.csv`, "text/csv");
  return (
    <div class="files" role="group" aria-label={`${T.save}: ${shown}`}>
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
  return <FigureOf spec={spec} page={page} whose={page.model.run.study.name} depends={[page.model, page.view, page.scores]} />;
}

/** A figure of any page; it is drawn again when one of `depends` has changed. */
export function FigureOf<P>({ spec, page, whose, depends }: { spec: FigureSpec<P>; page: P; whose: string; depends: unknown[] }) {
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
  }, [spec, ...depends, width]);
  const table = useMemo(() => (open ? spec.table(page) : null), [open, spec, ...depends]);
  return (
    <figure id={spec.id} data-state={state} aria-labelledby={`${spec.id}-title`}>
      <div class="figure-head">
        <h3 id={`${spec.id}-title`}>{spec.title()}</h3>
        <Files whose={whose} id={spec.id} shown={spec.title()} panels={() => panels.current} table={() => spec.table(page)} />
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
