/* Drawing, caption, table and the rates beside them ask for the same list of patients: it is made once. */
import type { Page } from "../ui/context";

/** `make`, with its last answer kept for as long as run, choices and scores stay the same. */
export function remember<A>(make: (p: Page) => A): (p: Page) => A {
  let last: { p: Page; answer: A } | null = null;
  return (p) => {
    if (!last || last.p.model !== p.model || last.p.selection !== p.selection || last.p.scores !== p.scores || last.p.view !== p.view) last = { p, answer: make(p) };
    return last.answer;
  };
}
