/* The page of a tissue in Chromium: with 3-D, without, with keys alone, on paper, in files. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findings, tabThrough } from "./access.mjs";
import { drawn, launch, open, shoot, until } from "./harness.mjs";
import { read } from "./numbers.mjs";
import { fillTemplate, formulas, look, shows } from "./tissue_pages.mjs";
import { realRun } from "./tissue_real.mjs";

const TUMOUR = "#c2607f", NK = "#1f86cc";
/** What the processor's own WebGL tells of itself is not about the page. */
const quiet = (told) => told.filter((x) => !/GL Driver Message|GPU stall|Automatic fallback to software WebGL/.test(x));

/** Every marked number against counts.csv (or the document's counts): column, minute, value, and what is read. */
export async function counted(t, page, counts, where) {
  const found = await page.evaluate(() => [...document.querySelectorAll("data[data-column]")].map((e) => ({ column: e.dataset.column, minute: e.dataset.minute, value: e.value, text: e.textContent })));
  const wrong = found.filter((f) => {
    const k = counts.columns.indexOf(f.column), row = counts.values[0].findIndex((m) => String(m) === f.minute), exact = counts.values[k]?.[row];
    return exact === undefined || Number(f.value) !== exact || read(f.text)?.value !== exact;
  });
  t.numbers += found.length;
  t.check(found.length > 2, `${where}: counts are shown`, String(found.length));
  t.none(wrong.map((f) => `${f.column} at ${f.minute}: ${f.text}`), `${where}: they are those of counts.csv`);
}

async function scene(t, browser, made) {
  const view = await open(browser, made.file), { page } = view, where = "tissue";
  await shows(page, 1440);
  await counted(t, page, made.run.counts, `${where}, last frame`);
  const whole = await look(page, [TUMOUR, NK]);
  t.check(whole.near[0] > 0.03 * whole.all && whole.near[1] > 0.0005 * whole.all, `${where}: both types are seen in their colours`, whole);
  await page.locator(".types input[type=checkbox]").nth(1).click();
  await drawn(page);
  await shows(page, 1440);
  const without = await look(page, [TUMOUR, NK]);
  t.check(without.near[1] < 0.02 * whole.near[1] && without.near[0] >= whole.near[0] * 0.98, `${where}: killers are taken away`, { whole, without });
  await page.locator(".types input[type=checkbox]").nth(1).click();
  await page.getByLabel("Opacity of tumour").fill("10");
  await shows(page, 1440);
  const faint = await look(page, [TUMOUR, NK]);
  t.check(faint.near[1] > 1.5 * whole.near[1], `${where}: behind see-through cells more killers are seen`, { whole, faint });
  await page.getByRole("button", { name: "Reset", exact: true }).first().click();
  await page.getByLabel("Time", { exact: true }).last().focus();
  await page.keyboard.press("Home");
  await shows(page, 0);
  await counted(t, page, made.run.counts, `${where}, first frame`);
  await page.keyboard.press("ArrowRight");
  await shows(page, 60);
  t.check(/minute=60/.test(await page.evaluate(() => new Promise((done) => setTimeout(() => done(location.hash), 300)))), `${where}: the moment stands in the address`);
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

/** Values under the pointer and of the marked cell against the formulas. */
async function pointer(t, browser, made) {
  const view = await open(browser, made.file, { view: "minute=720&slice=0~z~0&camera=0~89~0~0~0~0&opacity=0~0" }), { page } = view, where = "tissue, pointer";
  await shows(page, 720);
  const box = await page.locator(".scene canvas").boundingBox();
  let read1 = 0;
  for (const [x, y] of [[0.5, 0.5], [0.4, 0.45], [0.62, 0.6]]) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    const text = await page.locator(".under").textContent(), m = /oxygen ([\d.]+) mmHg · \((-?\d+), (-?\d+), (-?\d+)\)/.exec(text);
    if (!t.check(m !== null, `${where}: the field says its value`, text)) continue;
    const d = Math.hypot(Number(m[2]), Number(m[3]), Number(m[4])), low = 38 * Math.min(1, 0.04 + (Math.max(0, d - 19) / 240) ** 2), high = 38 * Math.min(1, 0.04 + ((d + 19) / 240) ** 2);
    t.check(Number(m[1]) >= low - 0.2 && Number(m[1]) <= high + 0.2, `${where}: it is that of its voxel`, `${text}; expected ${low} to ${high}`);
    read1++;
  }
  t.check(read1 === 3, `${where}: three places`, String(read1));
  await page.locator(".types input[type=checkbox]").first().click();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const text = await page.locator(".picked").innerText();
  const [, x, y, z] = /\((-?\d+), (-?\d+), (-?\d+)\)/.exec(text).map(Number), cell = made.cells.find((c) => Math.hypot(c.at[0] - x, c.at[1] - y, c.at[2] - z) < 1);
  t.check(cell !== undefined && cell.type === 0 && /tumour, /.test(text), `${where}: a click marks a cell that is there`, text);
  t.check(cell !== undefined && new RegExp(`granules\\s+${cell.bytes[0]}\\b`).test(text.replace(/\n/g, " ")) && /ligand\s+[\d,]+ copies/.test(text.replace(/\n/g, " ")), `${where}: with its attributes`, text);
  t.check(cell !== undefined && Math.hypot(x, y) < 12 && z > 150, `${where}: it is the one in front`, text);
  await page.locator(".scene canvas").focus();
  await page.keyboard.press("Escape");
  t.check(await page.locator(".picked").count() === 0, `${where}: Escape lets it go`);
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

async function cut(t, browser, made) {
  const view = await open(browser, made.file, { view: "camera=0~0~0~0~0~0&box=no" }), { page } = view, where = "tissue, cut";
  await shows(page, 1440);
  const before = await look(page, [TUMOUR]);
  await page.locator(".controls fieldset", { hasText: "Cut" }).locator("select").selectOption("x");
  await shows(page, 1440);
  const half = await look(page, [TUMOUR]);
  t.check(half.near[0] > 0.4 * before.near[0] && half.near[0] < 0.6 * before.near[0], `${where}: a half is left`, { before, half });
  const handle = page.locator(".cut-handle"), at = await handle.boundingBox(), was = Number(await handle.getAttribute("aria-valuenow"));
  await page.mouse.move(at.x + 13, at.y + 13);
  await page.mouse.down();
  await page.mouse.move(at.x + 63, at.y + 13, { steps: 5 });
  await page.mouse.up();
  const now = Number(await handle.getAttribute("aria-valuenow"));
  t.check(now > was + 5, `${where}: its handle is dragged`, { was, now });
  await handle.focus();
  await page.keyboard.press("ArrowLeft");
  t.check(Math.abs(now - 7 - Number(await handle.getAttribute("aria-valuenow"))) < 1.5, `${where}: and moves by keys`);
  await page.getByRole("button", { name: "Other side" }).click();
  await shows(page, 1440);
  const other = await look(page, [TUMOUR]);
  t.check(other.near[0] < half.near[0] && other.near[0] > 0.1 * before.near[0], `${where}: the other side`, { half, other });
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

/** The profile's and the depths' tables against sums over the formulas' cells. */
async function inside(t, browser, made) {
  const view = await open(browser, made.file, { view: "minute=720" }), { page } = view, where = "tissue, inside";
  await shows(page, 720);
  await drawn(page);
  await page.locator("#profile details.numbers > summary").click();
  await page.locator("#depth details.numbers > summary").click();
  const rows = (id) => page.evaluate((i) => [...document.querySelectorAll(`#${i} tbody tr`)].map((r) => [...r.children].map((c) => c.textContent)), id);
  const living = made.cells.filter((c) => c.state === 0), tumour = living.filter((c) => c.type === 0), o = [0, 1, 2].map((k) => tumour.reduce((s, c) => s + c.at[k], 0) / tumour.length);
  const far = (c) => Math.hypot(...c.at.map((x, k) => x - o[k])), wrong = [];
  for (const [low, high, density, n] of (await rows("profile")).map((r) => r.map((x) => Number(x.replace(/,/g, ""))))) {
    const own = tumour.filter((c) => far(c) >= low && far(c) < high).length, volume = (4 / 3) * Math.PI * (high ** 3 - low ** 3) * 1e-9;
    if (Math.abs(own - n) > Math.max(2, 0.02 * own)) wrong.push(`${low}: ${n} cells, not ${own}`);
    if (high < 300 && n && Math.abs(density / (n / volume) - 1) > 0.01) wrong.push(`${low}: density ${density}, not ${n / volume}`);
  }
  t.none(wrong, `${where}: densities of tumour cells are those of the formulas`);
  const depth = (await rows("depth")).map((r) => r.map((x) => Number(x.replace(/−/g, "-")))), all = depth.reduce((s, r) => s + r[2], 0);
  t.check(all === living.filter((c) => c.type === 1).length, `${where}: every living killer has a depth`, String(all));
  await page.locator("#profile select").first().selectOption("f.oxygen");
  await drawn(page);
  const oxygen = (await rows("profile")).map((r) => r.map(Number)).filter((r) => r[3] > 100), off = oxygen.filter((r) => Math.abs(r[2] - 38 * Math.min(1, 0.04 + ((r[0] + 10) / 240) ** 2)) > 1.2);
  t.check(oxygen.length > 8, `${where}: oxygen has a profile`, String(oxygen.length));
  t.none(off.map(String), `${where}: it is that of the formula`);
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

async function download(page, click) {
  const coming = page.waitForEvent("download", { timeout: 60_000 });
  await click();
  const d = await coming;
  return { name: d.suggestedFilename(), bytes: readFileSync(await d.path()) };
}

async function files(t, browser, made) {
  const view = await open(browser, made.file, { view: "minute=720&colour=a.ligand&slice=0~x~0", downloads: true, width: 1000, height: 700 }), { page } = view, where = "tissue, files";
  await shows(page, 720);
  const png = await download(page, () => page.getByRole("button", { name: "Save picture" }).click());
  t.check(/^SIMULATED-.*720min\.png$/.test(png.name) && png.bytes.subarray(1, 4).toString() === "PNG" && png.bytes.length > 20_000, `${where}: a picture`, `${png.name}, ${png.bytes.length} bytes`);
  writeFileSync(path.join(made.out, "screenshots", "tissue-saved.png"), png.bytes);
  await page.locator(".speed select").selectOption("20");
  const film = await download(page, () => page.getByRole("button", { name: "Record film" }).click());
  t.check(film.name.endsWith(".webm") && film.bytes.readUInt32BE(0) === 0x1a45dfa3 && film.bytes.length > 30_000, `${where}: a film`, `${film.name}, ${film.bytes.length} bytes`);
  const csv = await download(page, () => page.locator("#counts .files button", { hasText: "CSV" }).click()), lines = csv.bytes.toString().trim().split("\r\n");
  t.check(lines.length === 1 + made.run.counts.values[0].length && lines[1].split(",").length === made.run.counts.columns.length, `${where}: counts as they were`, lines[0]);
  t.check(lines.slice(1).every((l, i) => l.split(",").every((x, k) => Number(x) === made.run.counts.values[k][i])), `${where}: the same numbers`);
  const svg = await download(page, () => page.locator("#profile .files button", { hasText: "SVG" }).click());
  t.check(/SIMULATED/.test(svg.bytes.toString()) && !/NaN/.test(svg.bytes.toString()), `${where}: a figure that says SIMULATED`);
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

async function access(t, browser, made, out) {
  for (const [language, scheme, width] of [["en", "light", 1280], ["zh", "dark", 1280], ["en", "dark", 380]]) {
    const view = await open(browser, made.file, { view: `lang=${language}&minute=900&clip=x~0&slice=0~x~0&colour=state`, scheme, width }), { page } = view, where = `tissue, ${language}, ${scheme}, ${width} px`;
    await shows(page, 900);
    t.none(await findings(page), `${where}: axe-core finds nothing serious`);
    t.check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${where}: the page does not scroll sideways`);
    t.check(await page.evaluate(() => !/NaN|undefined|\[object/.test(document.querySelector("main").innerText)), `${where}: no NaN`);
    await shoot(page, out, `tissue-${width}-${language}-${scheme}`);
    t.none(quiet(view.told), `${where}: no message of the console`);
    await view.close();
  }
  const view = await open(browser, made.file, { view: "minute=900&clip=x~0" }), { page } = view, where = "tissue, keyboard";
  await shows(page, 900);
  const stops = await tabThrough(page), reached = new Set();
  for (let n = 0; n < stops.length + 10; n++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => document.activeElement?.dataset?.stop);
    if (stop !== undefined) reached.add(Number(stop));
  }
  t.none(stops.filter((s) => !reached.has(s.i)).map((s) => s.name), `${where}: Tab reaches all ${stops.length} controls`);
  const before = await look(page, [TUMOUR]);
  await page.locator(".scene canvas").focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press("+");
  await shows(page, 900);
  t.check((await look(page, [TUMOUR])).near[0] > 1.5 * before.near[0], `${where}: plus comes nearer`);
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await until(page, `Number(document.documentElement.dataset.frame) > 900`, "the film");
  await page.keyboard.press("Space");
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

/** Without WebGL, on paper, with a frame that is broken. */
async function poor(t, browser, made, out) {
  const plain = await launch({ webgl: false });
  let view = await open(plain, made.file, { view: "minute=720&slice=0~z~0" });
  await shows(view.page, 720);
  t.check(await view.page.locator(".no-webgl").count() === 1, "tissue, no WebGL: it is said");
  const flat = await look(view.page, [TUMOUR, NK]);
  t.check(flat.near[0] > 0.01 * flat.all && flat.near[1] > 0.0003 * flat.all, "tissue, no WebGL: a section shows both types", flat);
  await counted(t, view.page, made.run.counts, "tissue, no WebGL");
  await shoot(view.page, out, "tissue-flat");
  t.none(quiet(view.told), "tissue, no WebGL: no message of the console");
  await plain.close();
  view = await open(browser, made.file);
  await shows(view.page, 1440);
  const pdf = await view.page.pdf({ path: path.join(out, "screenshots", "tissue.pdf"), format: "A4", printBackground: true });
  t.check(pdf.length > 100_000, "tissue, paper: with the picture", `${pdf.length} bytes`);
  t.check(await view.page.evaluate(() => document.querySelector("img.paper")?.src.length > 20_000), "tissue, paper: the lesion is a picture");
  await view.close();
  view = await open(browser, made.broken);
  await until(view.page, () => document.documentElement.dataset.frame === "fault", "the fault");
  t.check(/cannot be shown: .*bytes, expected/.test(await view.page.locator(".scene-box .warning").textContent()), "tissue: a broken frame is told", await view.page.locator(".scene-box .warning").textContent());
  await view.close();
}

/** Addresses that nobody made, and documents that lack what a document may lack: the page opens all the same. */
const NONSENSE = ["minute=-5&run=9&beside=9&colour=a.none&profile=f.none&centre=77", "opacity=0~0&dead=no&minute=1e300", "clip=x~-9999&slice=0~y~9999&camera=1e6~-500~1e-9~1~1~1", "%E0%A4%A", "beside=0&slice=9~z~0&map=none&outcome=x"];
async function odd(t, browser, made) {
  for (const [file, address] of [...NONSENSE.map((a) => [made.file, a]), ...made.poorer.map((f) => [f, ""])]) {
    const view = await open(browser, file, { view: address }), where = `tissue, ${path.basename(file)} '${address}'`;
    await until(view.page, () => document.documentElement.dataset.frame !== "", "a frame");
    t.check(await view.page.evaluate(() => document.querySelectorAll("main section h2").length > 2 && !/NaN|undefined|Infinity|\[object/.test(document.querySelector("main").innerText)), `${where}: opens`);
    t.none(quiet(view.told), `${where}: no message of the console`);
    await view.close();
  }
}
/** Pages of the document without a film, without counts, fields and texts, and of a study without results. */
function poorer(f, template, out) {
  const noFilm = f.madePage(), noCounts = f.madePage(), noResults = f.madeStudy();
  noFilm.runs[0].film = [];
  Object.assign(noCounts.runs[0], { counts: { columns: ["minute"], values: [[]] }, substances: [], title: null, question: null, rules: null, complete: false, minutes: 300 });
  for (const frame of noCounts.runs[0].film) frame.fields = null;
  Object.assign(noResults.study, { figure: null, series: [], answers: [], variants: noResults.study.variants.slice(0, 1) });
  noResults.runs.length = 1;
  const noOutcomes = structuredClone(noResults);
  noOutcomes.study.outcomes = [];
  return [noFilm, noCounts, noResults, noOutcomes].map((d, i) => fillTemplate(template, d, path.join(out, `tissue-poorer-${i}.html`)));
}

async function study(t, browser, made, out) {
  const view = await open(browser, made.study.file, { view: "beside=1&minute=900" }), { page } = view, where = "tissue, study", s = made.study.document.study;
  await shows(page, 900);
  const found = await page.evaluate(() => [...document.querySelectorAll("data[data-answer]")].map((e) => ({ path: e.dataset.answer, value: e.value, text: e.textContent })));
  const exact = (at) => { const a = s.answers.find((x) => at.startsWith(`${x.outcome}.${x.variant}.`)); return at.slice(`${a.outcome}.${a.variant}.`.length).split(".").reduce((v, k) => v?.[k], a); };
  t.none(found.filter((f) => Number(f.value) !== exact(f.path)).map((f) => `${f.path}: ${f.text}`), `${where}: ${found.length} answers are those of the document`);
  t.check(found.length === s.answers.reduce((n, a) => n + 3 + (a.difference ? 3 : 0), 0), `${where}: all of them`, String(found.length));
  t.numbers += found.length;
  t.check((await page.locator("#outcome figcaption").textContent()).includes(s.figure.sentence), `${where}: the caption has its sentence`);
  const lines = await page.evaluate(() => [...document.querySelectorAll("#outcome svg text")].map((e) => e.textContent));
  t.none(s.variants.map((v) => v.name).filter((n) => !lines.includes(n)), `${where}: lines have the names of variants`);
  t.check(await page.locator(".scene canvas").count() === 2, `${where}: two lesions side by side`);
  const a = await look(page, [NK], 0), b = await look(page, [NK], 1);
  t.check(a.near[0] > 0 && b.near[0] > 0 && a.near[0] !== b.near[0], `${where}: they differ`, { a, b });
  await page.locator(".scene canvas").first().focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("+");
  await shows(page, 900);
  t.check((await look(page, [NK], 1)).near[0] > 1.3 * b.near[0], `${where}: both turn and come nearer together`);
  t.none(await findings(page), `${where}: axe-core finds nothing serious`);
  await shoot(page, out, "tissue-study");
  t.none(quiet(view.told), `${where}: no message of the console`);
  await view.close();
}

export async function tissue(t, { shelf, out, root, tissueTemplate, names = [] }) {
  const browser = await launch({ webgl: true }), all = (name) => !names.length || names.includes(name);
  try {
    const f = await formulas(root, out), page = f.madePage(), broken = structuredClone(page), documentStudy = f.madeStudy();
    broken.runs[0].film[24].shown--;
    const made = { run: page.runs[0], cells: f.lesionCells(720, 1000, 0.15), out, file: fillTemplate(tissueTemplate, page, path.join(out, "tissue-made.html")), broken: fillTemplate(tissueTemplate, broken, path.join(out, "tissue-broken.html")) };
    made.study = { document: documentStudy, file: fillTemplate(tissueTemplate, documentStudy, path.join(out, "tissue-study.html")) };
    made.poorer = poorer(f, tissueTemplate, out);
    t.check(statSync(tissueTemplate).size < 1.5e6, "tissue: the template is small");
    for (const [name, call] of Object.entries({ scene, pointer, cut, inside, access, study, odd })) if (all(name)) await call(t, browser, made, out);
    if (all("poor")) await poor(t, browser, made, out);
    if (all("files")) await files(t, browser, made);
    if (all("real")) await realRun(t, browser, { shelf, out, root, tissueTemplate, counted, quiet });
  } finally {
    await browser.close();
  }
}
