/* What every part of the page may ask for. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageData } from "../data";
import type { Model } from "../model";
import type { Scores } from "../score/score";
import type { Selection } from "../select";
import type { View } from "../state";

export interface Page {
  data: PageData;
  model: Model; // the run being looked at: the only one of a report
  models: Model[];
  view: View;
  change: (part: Partial<View>) => void;
  selection: Selection;
  scores: Scores | null; // under the view's rules; null when the page holds no patients
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("outside of the page");
  return page;
}
export function useRun() {
  return usePage().model.run;
}
