/* Until when the axes of survival go. */
import type { Page } from "../ui/context";

/** The axis ends with the study; in a view of patients with an earlier cut-off, with that. */
export function horizonOf(p: Page): number {
  const all = p.model.summary.horizon_day, cut = p.view.rules.cutoff;
  return p.selection.source === "patients" && cut !== null && cut > 0 ? Math.min(cut, all) : all;
}
