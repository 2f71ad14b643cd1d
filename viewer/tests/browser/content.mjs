/* Every page, in both languages: figures are there, numbers are those of summary.json, nothing goes wrong. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { drawn, open, shoot } from "./harness.mjs";
import { judge, marked, openAll } from "./numbers.mjs";
import { RUNS } from "./runs.mjs";

/** Figures that a run of this kind must have; what else it has is checked all the same. */
const MUST = {
  trial: ["survival-pfs", "survival-os", "survival-dor", "waterfall", "spider", "swimmer", "published", "distribution"],
  lone: ["survival-pfs", "survival-os", "waterfall", "spider", "swimmer", "published"],
  cart: ["survival-pfs", "survival-os", "waterfall", "swimmer", "published", "distribution"],
  paired: ["survival-pfs", "survival-os", "waterfall", "distribution"],
  recurrence: ["survival-rfs", "survival-os", "distribution"],
  lots: ["distribution"],
  claims: ["distribution"],
  bare: ["survival-pfs", "survival-os", "waterfall", "published", "distribution"],
  odd: ["survival-pfs", "waterfall", "published"],
};

/** What a drawing consists of, and what is wrong with it. */
export function inspect(page) {
  return page.evaluate(() => [...document.querySelectorAll("figure[id]")].map((f) => {
    const wrong = [], panels = [...f.querySelectorAll(".drawing > svg")];
    for (const svg of panels) {
      const box = svg.getBoundingClientRect();
      if (box.width < 50 || box.height < 20) wrong.push(`a drawing of ${box.width} x ${box.height}`);
      if (/NaN|undefined|Infinity/.test(svg.outerHTML)) wrong.push(`${/.{40}(NaN|undefined|Infinity).{20}/s.exec(svg.outerHTML)?.[0] ?? "NaN"} in the drawing`);
      if (!svg.getAttribute("aria-label")) wrong.push("a drawing without a name");
      for (const t of svg.querySelectorAll("text")) {
        const b = t.getBoundingClientRect();
        if (b.width && (b.left < box.left - 2 || b.right > box.right + 2 || b.top < box.top - 2 || b.bottom > box.bottom + 2)) wrong.push(`'${t.textContent}' leaves the drawing`);
      }
    }
    const marks = panels.reduce((n, s) => n + s.querySelectorAll("path, rect, circle, line, use, polygon").length, 0);
    const nodes = panels.reduce((n, s) => n + s.querySelectorAll("*").length, 0);
    return { id: f.id, state: f.dataset.state, panels: panels.length, marks, nodes, wrong, title: f.querySelector("h3")?.textContent ?? "", caption: f.querySelector("figcaption")?.textContent ?? "", files: f.querySelectorAll(".files button").length, rows: f.querySelectorAll("details.numbers tbody tr").length };
  }));
}

async function figures(t, page, name, where) {
  const list = await inspect(page), ids = list.map((f) => f.id);
  t.none((MUST[name] ?? []).filter((id) => !ids.includes(id)), `${where}: the figures of such a run are there`);
  t.none(list.filter((f) => f.state !== "drawn" || !f.panels || f.nodes < 5).map((f) => `${f.id}: ${f.state}, ${f.panels} drawings, ${f.marks} marks`), `${where}: every figure is drawn and not empty`);
  t.none(list.flatMap((f) => f.wrong.slice(0, 4).map((w) => `${f.id}: ${w}`)), `${where}: no drawing has a number that is none, or text outside`);
  t.none(list.filter((f) => f.nodes > 8000).map((f) => `${f.id}: ${f.nodes} elements`), `${where}: no drawing is too heavy`);
  t.none(list.filter((f) => f.title.length < 3 || f.caption.length < 8).map((f) => f.id), `${where}: each figure has a title and a caption`);
  t.none(list.filter((f) => f.files !== 3).map((f) => f.id), `${where}: each figure can be saved three ways`);
  t.none(list.filter((f) => f.rows < 1).map((f) => f.id), `${where}: each figure has its table`);
  return ids;
}

async function numbers(t, page, summary, where) {
  const list = await marked(page);
  t.numbers += list.length;
  t.check(list.length > 20, `${where}: numbers of summary.json are marked`, String(list.length));
  t.none([...new Set(list.map((x) => judge(x, summary)).filter(Boolean))], `${where}: all ${list.length} marked numbers are those of summary.json`);
  return list;
}

/** What a reader expects to find: the head of the results, for each arm. */
function expected(t, list, summary, where) {
  const paths = new Set(list.map((x) => x.path)), missing = [];
  summary.arms.forEach((arm, a) => {
    arm.endpoints.forEach((e, k) => {
      const shown = ["mean", "median"].some((key) => paths.has(`arms.${a}.endpoints.${k}.${key}`));
      const harmless = (e.endpoint === "grade" || e.endpoint === "event") && !e.mean;
      if (!shown && !harmless) missing.push(`${arm.name}: ${e.label ?? e.endpoint}`);
    });
  });
  t.none(missing, `${where}: every endpoint of every arm is told`);
  const silent = summary.comparisons.flatMap((c, i) => c.measures.map((m, k) => ({ m, path: `comparisons.${i}.measures.${k}` })))
    .filter(({ path }) => !["mean", "median"].some((key) => paths.has(`${path}.${key}`))).map(({ m, path }) => `${path} ${m.endpoint}`);
  t.none(silent, `${where}: every comparison is told`);
}

async function texts(t, page, summary, language, where) {
  const found = await page.evaluate(() => ({
    lang: document.documentElement.lang, title: document.title, mark: document.querySelector(".mark")?.textContent ?? "",
    headings: [...document.querySelectorAll("main h1, main h2, main h3, main h4")].map((h) => ({ level: Number(h.tagName[1]), text: h.textContent.trim() })),
    body: document.body.innerText, h1: document.querySelector("h1")?.textContent ?? "",
  }));
  t.check(found.lang === (language === "zh" ? "zh-Hans" : "en"), `${where}: the page says its language`, found.lang);
  t.check(found.title.startsWith("SIMULATED"), `${where}: the title says SIMULATED`, found.title);
  t.check(found.mark.includes(language === "zh" ? "模拟" : "SIMULATED"), `${where}: the mark on top`, found.mark);
  t.check(found.h1 === summary.title || found.h1 === summary.study, `${where}: the study's title`, found.h1);
  t.none(found.headings.filter((h, i) => !h.text || (i && h.level > found.headings[i - 1].level + 1)).map((h) => `h${h.level} ${h.text}`), `${where}: headings in order, none empty`);
  t.none([...new Set(found.body.match(/\bundefined\b|\bNaN\b|\[object|\{\w+\}/g) ?? [])], `${where}: no text was left unfilled`);
  const chinese = (found.body.match(/[\u4e00-\u9fff]/g) ?? []).length;
  t.check(language === "zh" ? chinese > 500 : chinese < 120, `${where}: written in one language`, `${chinese} Chinese characters`);
  const names = summary.arms.filter((a) => !found.body.includes(a.name)).map((a) => a.name);
  t.none(names, `${where}: all arms are named`);
}

async function onePage(t, browser, made, language, out) {
  const where = `${made.name}, ${language}`;
  const view = await open(browser, made.file, { view: `lang=${language}` });
  const { page, told } = view;
  await shoot(page, out, `${made.name}-${language}`);
  await openAll(page);
  await drawn(page);
  const ids = await figures(t, page, made.name, where);
  const list = await numbers(t, page, made.summary, where);
  if (language === "en") expected(t, list, made.summary, where);
  await texts(t, page, made.summary, language, where);
  t.none(told, `${where}: no message of the console, no exception, no request`);
  await view.close();
  return ids;
}

export async function content(t, { browser, shelf, out, names = Object.keys(RUNS) }) {
  for (const name of names) {
    const made = shelf.page(name), size = statSync(made.file).size;
    if (made.summary.patients_per_replicate <= 500) t.check(size <= 2_000_000, `${name}: at most 2 MB`, `${size} bytes`);
    t.check(!/(src|href)="(https?:)?\/\//.test(readFileSync(made.file, "utf8").replace(/<script type="application\/json"[\s\S]*?<\/script>/, "")), `${name}: nothing is fetched from elsewhere`);
    t.check(existsSync(`${made.folder}/report.html`), `${name}: the run has written its page`);
    const en = await onePage(t, browser, made, "en", out), zh = await onePage(t, browser, made, "zh", out);
    t.check(en.join() === zh.join(), `${name}: both languages have the same figures`, `${en} / ${zh}`);
    console.log(`${name}: ${en.length} figures, ${Math.round(size / 1000)} kB`);
  }
}
