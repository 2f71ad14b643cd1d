/* How fast a page opens, in headless Chromium. usage: node bench/page.mjs PERFORIN [--times N] [--template FILE]
 * Exit code 1 when a bar is missed: 1.5 s for 500 patients, 4 s for 10,000; 77 when a program is missing. */
import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2), option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);
const STUDY = "bench/studies/core-year.yaml";
const PAGES = [
  { name: "patients-500", spec: { study: STUDY, replicates: 20 }, text: "500 patients, 20 replicates", bar: 1500 },
  { name: "patients-10000", spec: { study: STUDY, replicates: 1, change: [[/size: \d+/g, "size: 5000"]] }, text: "10,000 patients", bar: 4000 },
];

/** In the page, before all else: when is it there, when does it answer, when is all drawn? */
function clocks() {
  const seen = (globalThis.perforinClock = {});
  new MutationObserver(() => {
    const d = document.documentElement?.dataset ?? {};
    if (d.ready && !seen.ready) {
      seen.ready = performance.now();
      // The frame after the one that shows it: from here on a click is answered.
      requestAnimationFrame(() => requestAnimationFrame(() => { seen.open = performance.now(); }));
    }
    if (d.figures === "done") seen.drawn = performance.now();
    else if (d.figures) seen.drawn = 0;
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready", "data-figures"] });
}

async function once(browser, harness, file) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  const page = await context.newPage();
  await page.addInitScript(clocks);
  await page.goto(`file://${file}`, { waitUntil: "commit" });
  await harness.until(page, () => Boolean(globalThis.perforinClock?.open), "the page");
  // A click while figures are still being drawn.
  const box = page.locator('.toolbar input[type="checkbox"]').first(), began = Date.now();
  if (await box.count()) await box.click();
  const click = Date.now() - began;
  await harness.drawn(page);
  const t = await page.evaluate(() => ({ ...globalThis.perforinClock, nodes: document.querySelectorAll("*").length }));
  await context.close();
  return { ...t, click };
}

const median = (x) => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)];

async function main() {
  const harness = await import("../viewer/tests/browser/harness.mjs").catch(() => null), { Shelf } = await import("../viewer/tests/browser/runs.mjs");
  if (!harness || !harness.findChromium() || !args[0]) {
    console.log(args[0] ? "skipped: no Chromium or no viewer/node_modules (tools/need.sh page, tools/page.sh ready)" : "usage: node bench/page.mjs PERFORIN [--times N] [--template FILE]");
    process.exit(args[0] ? 77 : 2);
  }
  const times = Number(option("--times", "5")), template = option("--template");
  const shelf = new Shelf({ perforin: args[0], root, out: path.join(root, "build/page"), template: template && path.resolve(template) });
  let missed = 0;
  console.log("page                          kB   ready, ms   answers, ms   bar   click, ms   all drawn, ms   elements");
  for (const p of PAGES) {
    const made = shelf.page(p.name, p.spec), all = [];
    for (let i = 0; i < times; i++) {
      const browser = await harness.launch();
      all.push(await once(browser, harness, made.file));
      await browser.close();
    }
    const m = (key) => Math.round(median(all.map((x) => x[key])));
    console.log(`${p.text.padEnd(28)}${String(Math.round(statSync(made.file).size / 1000)).padStart(4)}${String(m("ready")).padStart(12)}${String(m("open")).padStart(14)}${String(p.bar).padStart(6)}${String(m("click")).padStart(12)}${String(m("drawn")).padStart(16)}${String(m("nodes")).padStart(11)}`);
    missed += m("open") > p.bar;
  }
  process.exit(missed ? 1 : 0);
}

await main();
