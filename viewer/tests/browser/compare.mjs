/* The page of a comparison: numbers of each run against its summary, differences against `perforin compare --json`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { drawn, open, shoot } from "./harness.mjs";
import { judge, openAll, read } from "./numbers.mjs";
import { RUNS } from "./runs.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FIGURES = ["compare-differences", "compare-survival", "compare-distribution", "compare-published"];

/** The flagship trial, at a lower dose of the antibody, with another seed, and one that shares no arm. */
function make(shelf) {
  const changed = { ...RUNS.trial, change: [[/dose: 10 mg\/kg/g, "dose: 2 mg/kg"]] };
  const folders = [shelf.run("trial"), shelf.run("low", changed), shelf.run("lone"), shelf.run("cart")];
  const labels = ["base", "low <b>dose</b>", "one replicate", "another study"].flatMap((l) => ["--label", l]);
  const file = path.join(shelf.out, "compare.html");
  const json = shelf.perform("compare", ...folders, ...labels, "--json", "--out", file, ...(shelf.template ? ["--template", shelf.template] : []));
  return { file, folders, told: JSON.parse(json.toString()), summaries: folders.map((f) => JSON.parse(readFileSync(path.join(f, "summary.json"), "utf8"))) };
}

function numbersOf(page) {
  return page.evaluate(() => [...document.querySelectorAll("data[data-path]")].map((e) => ({
    path: e.dataset.path, run: e.dataset.run, value: e.value, unit: e.dataset.unit ?? "1", text: e.textContent, around: `${e.closest(".interval")?.previousElementSibling?.textContent ?? ""} ${e.parentElement.textContent}`,
  })));
}
function gapsOf(page) {
  return page.evaluate(() => [...document.querySelectorAll("data[data-compared]")].map((e) => ({ path: e.dataset.compared, value: e.value, text: e.textContent })));
}

/** "figures.3.gaps.0.value": the number itself, and the digits shown of it in any of its units. */
function judgeGap({ path: place, value, text }, told) {
  const [, f, , g, key] = place.split("."), figure = told.figures[f], exact = figure.gaps[g][key];
  if (exact === null) return value === "" ? "" : `${place}: ${value} shown, null told`;
  if (Number(value) !== exact) return `${place}: ${value} shown, ${exact} told`;
  const r = read(text), scales = figure.unit === "share" ? [100] : figure.unit === "day" ? [1, 1 / 30.4375] : [1];
  return r && scales.some((s) => Math.abs(r.value - exact * s) <= r.half * (1 + 1e-9)) ? "" : `${place}: '${text}' for ${exact}`;
}

async function content(t, page, made) {
  const all = page.locator("section#figures button.link").first();
  await all.click();
  await openAll(page);
  const numbers = await numbersOf(page), gaps = await gapsOf(page);
  t.check(numbers.length > 200 && numbers.every((n) => n.run !== undefined), "comparison: numbers say of which run they are", String(numbers.length));
  t.none(numbers.map((n) => judge(n, made.summaries[Number(n.run)])).filter(Boolean), "comparison: numbers are those of the runs");
  t.check(gaps.length > 100, "comparison: differences are marked", String(gaps.length));
  t.none(gaps.map((g) => judgeGap(g, made.told)).filter(Boolean), "comparison: differences are those of perforin compare");
  t.numbers += numbers.length + gaps.length;
  const shown = await page.evaluate(() => ({ text: document.body.innerText, stars: document.querySelectorAll("section#figures abbr.beyond").length, detail: document.querySelectorAll("#waterfall, #spider, #swimmer").length }));
  const beyond = made.told.figures.flatMap((f) => (f.runs.filter((r) => r).length > 1 ? f.gaps : [])).filter((g) => g?.beyond).length;
  t.check(shown.stars === beyond, "comparison: every difference beyond Monte Carlo error has its mark", `${shown.stars} of ${beyond}`);
  t.check(shown.text.includes("low <b>dose</b>"), "comparison: labels are shown as they are written");
  t.check(shown.text.includes("[10 mg/kg]") && shown.text.includes("[2 mg/kg]"), "comparison: what differs is told with both values");
  t.check(/same virtual patients/.test(shown.text), "comparison: pairs are told");
  t.check(/SIMULATED/.test(shown.text), "comparison: it says SIMULATED");
  t.check(shown.detail === 0, "comparison: no figures of single patients");
}

async function figures(t, page) {
  for (const id of FIGURES) {
    const marks = await page.evaluate((f) => document.querySelectorAll(`#${f} .drawing svg path, #${f} .drawing svg rect, #${f} .drawing svg line`).length, id);
    t.check(marks > 5, `comparison: ${id} is drawn`, String(marks));
  }
  const before = await page.evaluate(() => document.querySelector("#compare-survival figcaption").textContent);
  await page.selectOption("#compare-survival select", { index: 2 });
  await drawn(page);
  t.check(before !== (await page.evaluate(() => document.querySelector("#compare-survival figcaption").textContent)), "comparison: another arm or endpoint is drawn");
  t.check(/compare-survival/.test(await page.evaluate(() => location.hash)), "comparison: the choice stands in the address");
}

export async function compare(t, { browser, shelf, out }) {
  const made = make(shelf), english = await open(browser, made.file, { view: "lang=en" });
  await shoot(english.page, out, "compare-en");
  await figures(t, english.page);
  await content(t, english.page, made);
  await english.page.evaluate(AXE);
  const axe = await english.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  t.none(axe.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id}: ${v.nodes[0].target.join(" ")}`), "comparison: axe-core finds nothing serious");
  t.none(english.told, "comparison: nothing on the console, no request");
  await english.close();
  for (const [view, width] of [["lang=zh&theme=dark", 1000], ["lang=zh", 340]]) {
    const v = await open(browser, made.file, { view, width });
    await shoot(v.page, out, `compare-zh-${width}`);
    const wide = await v.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    t.check(wide <= 0, `comparison: no sideways scrolling at ${width}`, `${wide} px`);
    t.check(await v.page.evaluate(() => /运行比较/.test(document.body.innerText) && !/What differs|Endpoints side by side/.test(document.body.innerText)), `comparison: in Chinese at ${width}`);
    t.none(v.told, `comparison: nothing on the console at ${width}`);
    await v.close();
  }
}
