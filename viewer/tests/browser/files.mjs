/* Figures and tables as files, and what is in them. */
import { readFileSync } from "node:fs";
import { drawn, open } from "./harness.mjs";
import { parseCsv, readTable } from "./runs.mjs";

async function save(page, id, kind) {
  let download = null;
  for (let i = 0; i < 2 && !download; i++) { // a browser that is busy drops one of many in a row
    const coming = page.waitForEvent("download", { timeout: 10_000 }).catch(() => null);
    await page.locator(`figure#${id} .files button`, { hasText: kind }).first().click();
    download = await coming;
  }
  if (!download) return null;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** What is wrong with an SVG that must stand alone. */
function judgeSvg(page, text) {
  return page.evaluate((source) => {
    const wrong = [], doc = new DOMParser().parseFromString(source, "image/svg+xml"), svg = doc.documentElement;
    if (doc.querySelector("parsererror")) return [`not XML: ${doc.querySelector("parsererror").textContent.slice(0, 200)}`];
    if (svg.localName !== "svg") wrong.push("its root is no svg");
    if (!/SIMULATED/.test(doc.querySelector("title")?.textContent ?? "")) wrong.push("its title does not say SIMULATED");
    if (/NaN|undefined/.test(source)) wrong.push("NaN or undefined");
    if (/var\(--|https?:\/\/(?!www\.w3\.org)|<script|class="/.test(source)) wrong.push(`it leans on the page: ${/.{30}(var\(--|https?:\/\/(?!www\.w3\.org)|<script|class=").{30}/.exec(source)?.[0]}`);
    if (!(Number(svg.getAttribute("width")) > 100) || !(Number(svg.getAttribute("height")) > 30)) wrong.push("it has no size");
    if (doc.querySelectorAll("path, rect, circle, line, text").length < 4) wrong.push("it is empty");
    const ids = [...doc.querySelectorAll("[id]")].map((e) => e.id);
    if (new Set(ids).size < ids.length) wrong.push("an id stands twice");
    return wrong;
  }, text);
}

/** The size in a PNG's header, twice that of the SVG, and how many colours a coarse look finds. */
async function judgePng(page, bytes, size) {
  const wrong = [];
  if (bytes.subarray(0, 8).toString("latin1") !== "\x89PNG\r\n\x1a\n") return ["no PNG"];
  const width = bytes.readUInt32BE(16), height = bytes.readUInt32BE(20);
  if (Math.abs(width - 2 * size.width) > 2 || Math.abs(height - 2 * size.height) > 4) wrong.push(`${width} x ${height} instead of twice ${size.width} x ${size.height}`);
  const colours = await page.evaluate(async (url) => {
    const image = new Image();
    await new Promise((done, fail) => { image.onload = done; image.onerror = () => fail(new Error("no image")); image.src = url; });
    const c = document.createElement("canvas");
    c.width = image.width;
    c.height = image.height;
    const d = c.getContext("2d");
    d.drawImage(image, 0, 0);
    const x = d.getImageData(0, 0, c.width, c.height).data, seen = new Set();
    for (let i = 0; i < x.length; i += 4) seen.add((x[i] >> 4) * 256 + (x[i + 1] >> 4) * 16 + (x[i + 2] >> 4));
    return seen.size;
  }, `data:image/png;base64,${bytes.toString("base64")}`);
  if (colours < 4) wrong.push(`only ${colours} colours`);
  return wrong;
}

function sizeOf(svg) {
  const head = /<svg[^>]*>/.exec(svg)?.[0] ?? "", number = (name) => Number(new RegExp(`\\s${name}="([\\d.]+)"`).exec(head)?.[1]);
  return { width: number("width"), height: number("height") };
}

function judgeCsv(text) {
  const rows = parseCsv(text), wrong = [];
  if (rows.length < 2) wrong.push("no rows");
  if (rows.some((r) => r.length !== rows[0].length)) wrong.push("rows of different length");
  if (rows[0]?.some((h) => !h.trim()) || new Set(rows[0]).size < rows[0]?.length) wrong.push(`columns: ${rows[0]}`);
  if (/\bNaN\b|undefined|\[object/.test(text)) wrong.push("NaN, undefined or an object");
  return wrong;
}

async function everyFigure(t, page, made) {
  const list = await page.evaluate(() => [...document.querySelectorAll("figure[id]")].map((f) => {
    const boxes = [...f.querySelectorAll(".drawing > svg")].map((s) => s.getBoundingClientRect());
    return { id: f.id, width: Math.max(...boxes.map((b) => b.width)), height: boxes.reduce((a, b) => a + b.height, 0) };
  }));
  const wrong = { SVG: [], PNG: [], CSV: [] }, tables = {};
  for (const f of list) {
    let size = f; // of the SVG that is saved: a line that says SIMULATED comes to the drawing
    for (const kind of ["SVG", "PNG", "CSV"]) {
      const file = await save(page, f.id, kind);
      if (!file) {
        wrong[kind].push(`${f.id}: no file comes`);
        continue;
      }
      const { name, bytes } = file, end = `${f.id}.${kind.toLowerCase()}`;
      if (!name.endsWith(end)) wrong[kind].push(`${f.id}: called ${name}`);
      if (kind === "SVG") size = sizeOf(bytes.toString());
      if (kind === "SVG" && (size.width < f.width - 1 || size.height < f.height - 1)) wrong.SVG.push(`${f.id}: ${size.width} x ${size.height}, drawn ${f.width} x ${f.height}`);
      const found = kind === "SVG" ? await judgeSvg(page, bytes.toString()) : kind === "PNG" ? await judgePng(page, bytes, size) : judgeCsv(bytes.toString());
      wrong[kind].push(...found.map((w) => `${f.id}: ${w}`));
      if (kind === "CSV") tables[f.id] = parseCsv(bytes.toString());
    }
  }
  for (const kind of ["SVG", "PNG", "CSV"]) t.none(wrong[kind], `${made.name}: ${list.length} figures as ${kind}`);
  return tables;
}

/** The same numbers as the file of the run. */
function survivalTable(t, made, rows, endpoint) {
  const [head, ...body] = rows, column = (part) => head.findIndex((h) => h.includes(part)), wrong = [];
  const day = column("day"), risk = column("at risk"), events = column("events"), censored = column("censored");
  for (const c of made.summary.survival.filter((x) => x.endpoint === endpoint))
    for (const tick of c.ticks) {
      const row = body.find((r) => r[0] === c.arm && Math.abs(Number(r[day]) - tick.day) < 1e-6 && r[risk] !== "");
      if (!row || Math.abs(Number(row[risk]) - tick.at_risk) > 1e-9 || Math.abs(Number(row[events]) - tick.events) > 1e-9 || Math.abs(Number(row[censored]) - tick.censored) > 1e-9) wrong.push(`${c.arm}, day ${tick.day}: ${row}`);
    }
  t.none(wrong, `${made.name}: the table of ${endpoint} has those at risk, with events and censored as summary.json`);
}

function waterfallTable(t, made, rows) {
  const patients = readTable(made.folder, "patients.csv").filter((p) => p.REPLICATE === "0" && p.FAILED === "0" && p.PCHG_BEST !== "");
  const [head, ...body] = rows, id = head.indexOf("PATIENT"), change = head.findIndex((h) => h.includes("change")), best = head.findIndex((h) => h.includes("response"));
  t.check(body.length === patients.length, `${made.name}: the waterfall has each patient of the first replicate with an image`, `${body.length} of ${patients.length}`);
  const wrong = patients.filter((p) => {
    const row = body.find((r) => r[id] === p.PATIENT);
    return !row || Math.abs(Number(row[change]) - Number(p.PCHG_BEST)) > 1e-5 * Math.abs(Number(p.PCHG_BEST)) + 1e-9 || row[best] !== p.BOR;
  }).map((p) => `patient ${p.PATIENT}: ${p.PCHG_BEST} ${p.BOR}`);
  t.none(wrong, `${made.name}: changes and best responses of the waterfall are those of patients.csv`);
}

function publishedTable(t, made, rows) {
  const figures = Object.values(made.summary.expectations).flatMap((r) => r.figures), text = rows.map((r) => r.join(" | "));
  t.check(rows.length - 1 === figures.length, `${made.name}: every published figure is in the table`, `${rows.length - 1} of ${figures.length}`);
  t.none(figures.filter((f) => !text.some((r) => r.includes(f.arm) && (f.published === null || r.split(" | ").some((c) => Math.abs(Number(c) - f.published) < 1e-9)))).map((f) => `${f.arm} ${f.written} ${f.published}`), `${made.name}: published values as in summary.json`);
}

function distributionTable(t, made, rows) {
  const [head, ...body] = rows, number = head.findIndex((h) => /number|replicates|count/i.test(h)), arms = {};
  for (const r of body) arms[r[0]] = (arms[r[0]] ?? 0) + Number(r[number]);
  t.none(Object.entries(arms).filter(([, n]) => n !== made.summary.replicates).map(([a, n]) => `${a}: ${n}`), `${made.name}: each replicate stands in one bar`);
}

export async function files(t, { browser, shelf, names = ["trial", "cart", "odd"] }) {
  for (const name of names) {
    const made = shelf.page(name), view = await open(browser, made.file, { downloads: true, view: "lang=en" });
    await drawn(view.page);
    const tables = await everyFigure(t, view.page, made);
    if (tables["survival-pfs"]) survivalTable(t, made, tables["survival-pfs"], "PFS");
    if (tables["survival-os"]) survivalTable(t, made, tables["survival-os"], "OS");
    if (tables.waterfall) waterfallTable(t, made, tables.waterfall);
    if (tables.published) publishedTable(t, made, tables.published);
    if (tables.distribution) distributionTable(t, made, tables.distribution);
    t.none(view.told, `${name}: saving gives no message of the console`);
    await view.close();
  }
}
