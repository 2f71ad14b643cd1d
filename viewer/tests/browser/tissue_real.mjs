/* The page that `perforin report` makes of a run of a tissue, against the tables of its folder. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { drawn, open, shoot } from "./harness.mjs";
import { readTable } from "./runs.mjs";
import { documentOf, look, shows } from "./tissue_pages.mjs";

const FILE = `tissue: small
title: A small </script> lesion & more
question: Do killers come in?
domain: {size: [240, 240, 240] um, voxel: 20 um}
duration: 90 min
output: {every: 10 min, film: 30 min}
substances:
  - {name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, decay: 0.1 1/min, initial: 38 mmHg, border: 38 mmHg}
cells:
  - name: tumour
    cycle: {model: live, live: 23 hour}
    exchange: [{substance: oxygen, uptake: 10 1/min}]
    antigens: [{name: MICA, median: 1e4 copies, sd_log: 0.5}]
  - name: NK
    radius: 5.2 um
    adhesion: 0 um/min
    motility: {speed: 5 um/min, persistence: 10 min}
    receptors: [{name: NKG2D, median: 1e4 copies}]
    killer: {attacks: tumour, recognition: [{receptor: NKG2D, antigen: MICA, half: 1e7}], bind: 1 1/min, hold: 60 min, attempts: 0.05 1/min, granules: 10}
place:
  - {cells: tumour, shape: ball, radius: 60 um, packed: yes}
  - {cells: NK, shape: shell, inner: 70 um, outer: 90 um, count: 60}
`;

function make(shelf, out, tissueTemplate) {
  const file = path.join(out, "studies", "small-tissue.yaml"), folder = path.join(out, "runs", "tissue"), page = path.join(out, "tissue.html");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, FILE);
  shelf.perform("tissue", "run", file, "--out", folder, "--force", "--threads", "1");
  shelf.perform("report", folder, "--out", page, "--template", tissueTemplate);
  return { folder, page };
}

/** Counts of the document are counts.csv, column by column. */
function sameCounts(t, document, folder, where) {
  const rows = readTable(folder, "counts.csv"), { columns, values } = document.runs[0].counts, names = Object.keys(rows[0]);
  t.check(columns.length === names.length && columns.slice(1).every((c, i) => c === names[i + 1]) && columns[0] === "minute" && names[0] === "time_min", `${where}: the columns of counts.csv`, columns.join());
  const wrong = rows.flatMap((r, i) => names.filter((n, k) => Number(r[n]) !== values[k][i]).map((n) => `${n} in row ${i}`));
  t.none(wrong, `${where}: its numbers`);
}

export async function realRun(t, browser, { shelf, out, tissueTemplate, counted, quiet }) {
  const { folder, page: file } = make(shelf, out, tissueTemplate), where = "tissue of a run", document = documentOf(file), run = document.runs[0];
  sameCounts(t, document, folder, where);
  t.check(run.text === readFileSync(path.join(folder, "tissue.yaml"), "utf8") && run.types.map((x) => `${x.name} ${x.killer}`).join() === "tumour false,NK true", `${where}: its file and types`);
  const view = await open(browser, file), { page } = view, last = run.film.at(-1);
  await shows(page, last.minute);
  t.check(last.minute === 90 && run.film.length === 4, `${where}: a frame every 30 min`, run.film.map((f) => f.minute).join());
  await counted(t, page, run.counts, `${where}, last frame`);
  t.check((await page.locator("h1").textContent()) === "A small </script> lesion & more", `${where}: its title as it was written`);
  t.check((await page.locator("pre.file").first().textContent()) === run.text, `${where}: its file as it was written`);
  const seen = await look(page, ["#c2607f", "#1f86cc"]);
  t.check(seen.near[0] > 0.02 * seen.all && seen.near[1] > 0.001 * seen.all, `${where}: its cells are seen`, seen);
  // cells.csv holds the last frame: as many living killers have a depth.
  const cells = readTable(folder, "cells.csv"), killers = cells.filter((c) => c.type === "NK" && c.state === "alive").length;
  await page.locator("#depth details.numbers > summary").click();
  await drawn(page);
  const depths = await page.evaluate(() => [...document.querySelectorAll("#depth tbody tr")].map((r) => Number(r.lastElementChild.textContent)));
  t.check(depths.reduce((s, n) => s + n, 0) === killers && killers > 50, `${where}: the depth of each of the ${killers} killers of cells.csv`, depths);
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByLabel("时间", { exact: true }).last().focus();
  await page.keyboard.press("Home");
  await shows(page, 0);
  await counted(t, page, run.counts, `${where}, first frame, Chinese`);
  await shoot(page, out, "tissue-run");
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}
