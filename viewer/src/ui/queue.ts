/* Drawings are made one after the other when the page has nothing else to do, those in sight first, so that a page with many
 * figures can be used at once. `document.documentElement.dataset.figures` is "done" when none waits. */

interface Job {
  run: () => void;
  near: Element | null;
}

const waiting = new Set<Job>();
let planned = false;

function distance(job: Job): number {
  const box = job.near?.getBoundingClientRect();
  if (!box) return 0;
  return box.bottom < 0 ? -box.bottom : box.top > innerHeight ? box.top - innerHeight : 0;
}

function next(): void {
  planned = false;
  let best: Job | null = null, least = Infinity;
  for (const job of waiting) {
    const d = distance(job);
    if (d < least) (least = d), (best = job);
  }
  if (best) {
    waiting.delete(best);
    try {
      best.run();
    } finally {
      plan(); // a figure that cannot be drawn says so on the console, and the others are still drawn
    }
  } else plan();
}

function plan(): void {
  document.documentElement.dataset.figures = waiting.size ? "waiting" : "done";
  if (planned || !waiting.size) return;
  planned = true;
  setTimeout(next, 0);
}

/** Draw when there is time; the answer cancels. */
export function later(run: () => void, near: Element | null): () => void {
  const job = { run, near };
  waiting.add(job);
  plan();
  return () => {
    waiting.delete(job);
    plan();
  };
}

/** Draw all that waits now: before printing. */
export function drawAll(): void {
  for (const job of [...waiting]) {
    waiting.delete(job);
    job.run();
  }
  plan();
}
