/* What every part of the page of a tissue may ask for. */
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { typeColours } from "./colour";
import type { Run, TissuePage } from "./data";
import { Film, type Cells, type Grid } from "./decode";
import type { View } from "./state";

/** A run at the moment that is looked at. `cells` are those of the frame unpacked last: null before the first. */
export interface Lesion {
  run: Run;
  film: Film;
  frame: number; // asked for
  cells: Cells | null;
  grid: Grid | null;
  colours: string[]; // of its types
  fault: string | null; // why the frame cannot be shown
}
export interface Tissue {
  data: TissuePage;
  view: View;
  change: (part: Partial<View>) => void;
  lesion: Lesion;
  beside: Lesion | null;
  films: Film[];
  playing: boolean;
  play: (yes: boolean) => void;
  speed: number; // frames per second
  setSpeed: (speed: number) => void;
}
export const TissueContext = createContext<Tissue | null>(null);
export function useTissue(): Tissue {
  const t = useContext(TissueContext);
  if (!t) throw new Error("outside of the page");
  return t;
}

export const frameOf = (film: Film, minute: number | null): number => (minute === null ? Math.max(0, film.frames - 1) : film.nearest(minute));

type Unpacked = { film: Film; frame: number; cells: Cells; grid: Grid | null };

/** The film at a moment; the frame before stays until the next is unpacked. */
export function useLesion(film: Film | null, minute: number | null): Lesion | null {
  const [there, setThere] = useState<Unpacked | null>(null), [fault, setFault] = useState<string | null>(null);
  const frame = film ? frameOf(film, minute) : 0;
  useEffect(() => {
    if (!film || !film.frames) return undefined;
    let current = true;
    film.frame(frame).then(
      (f) => { if (current) (setThere({ film, frame, ...f }), setFault(null)); },
      (e: unknown) => { if (current) setFault(e instanceof Error ? e.message : String(e)); },
    );
    return () => { current = false; };
  }, [film, frame]);
  const colours = useMemo(() => (film ? typeColours(film.run) : []), [film]);
  if (!film) return null;
  const now = there && there.film === film ? there : null;
  return { run: film.run, film, frame, cells: now?.cells ?? null, grid: now?.grid ?? null, colours, fault };
}

/** The type whose middle distances are from: chosen, else the first that kills nobody. */
export function centreType(run: Run, choice: number | null): number {
  if (choice !== null && choice < run.types.length) return choice;
  return Math.max(0, run.types.findIndex((t) => !t.killer));
}
/** The row of counts.csv at a moment: the last that is not later. */
export function countsRow(run: Run, minute: number): number {
  const at = run.counts.values[0] ?? [];
  let row = 0;
  for (let i = 0; i < at.length; i++) if ((at[i] ?? Infinity) <= minute + 1e-6) row = i;
  return row;
}
