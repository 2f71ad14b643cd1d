/* Narrow and wide screens, dark and light, paper. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { drawn, open, shoot } from "./harness.mjs";

/** What is wider than the screen; parts that scroll by themselves may be. */
function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement, wrong = [];
    if (root.scrollWidth > root.clientWidth) wrong.push(`the page scrolls sideways: ${root.scrollWidth} of ${root.clientWidth}`);
    for (const e of document.querySelectorAll("main *, header, nav *")) {
      if (!e.checkVisibility() || e.closest("svg") || e.closest(".table, .drawing, pre, .hidden, nav")) continue;
      const b = e.getBoundingClientRect();
      if (b.width && b.height && b.right > root.clientWidth + 1) wrong.push(`${e.tagName}.${e.className}: '${e.textContent.trim().slice(0, 40)}' ends at ${Math.round(b.right)}`);
    }
    return wrong.slice(0, 10);
  });
}

/** Text of a drawing that lies on other text of it. */
function collisions(page) {
  return page.evaluate(() => [...document.querySelectorAll("figure[id] .drawing > svg")].flatMap((svg) => {
    const box = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim().length > 1 && !t.querySelector("tspan[x] + tspan[x]"))
      .map((t) => ({ text: t.textContent.trim(), b: t.getBoundingClientRect(), turned: /rotate/.test(t.getAttribute("transform") ?? "") })).filter((t) => t.b.width && !t.turned);
    const out = [];
    for (let i = 0; i < box.length; i++)
      for (let k = i + 1; k < box.length; k++) {
        const a = box[i].b, b = box[k].b;
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left), y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 4 && y > 0.45 * Math.min(a.height, b.height)) out.push(`${svg.closest("figure").id}: '${box[i].text}' on '${box[k].text}'`);
      }
    return out;
  }));
}

async function screens(t, browser, made, out, whole) {
  for (const [width, languages] of whole ? [[360, ["en", "zh"]], [768, ["en"]], [1600, ["en"]]] : [[360, ["zh"]], [1280, ["en"]]])
    for (const language of languages)
      for (const scheme of whole && width === 360 && language === "en" ? ["light", "dark"] : ["light"]) {
        const where = `${made.name}, ${width} px, ${language}, ${scheme}`;
        const view = await open(browser, made.file, { view: `lang=${language}`, width, height: 800, scheme });
        t.none(await overflow(view.page), `${where}: nothing is wider than the screen`);
        t.none([...new Set(await collisions(view.page))], `${where}: no text of a figure lies on another`);
        t.none(view.told, `${where}: no message of the console`);
        await shoot(view.page, out, `${made.name}-${width}-${language}-${scheme}`);
        await view.close();
      }
}

/** "rgb(1, 2, 3)" as its luminance, 0 to 1. */
function luminance(text) {
  const [r, g, b] = text.match(/\d+/g).map((x) => Number(x) / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

async function themes(t, browser, made) {
  const ground = async (scheme, theme) => {
    const view = await open(browser, made.file, { scheme, view: theme ? `theme=${theme}` : "" });
    const found = await view.page.evaluate(() => {
      // Shares on the bars of grades stand on colours that are the same in the dark.
      const s = getComputedStyle(document.body), text = [...document.querySelectorAll("figure:not(#grades) .drawing svg text")].map((e) => getComputedStyle(e).fill);
      return { ground: s.backgroundColor, text: s.color, drawn: [...new Set(text)] };
    });
    await view.close();
    return found;
  };
  const light = await ground("light", ""), dark = await ground("dark", ""), kept = await ground("dark", "light"), chosen = await ground("light", "dark");
  t.check(luminance(light.ground) > 0.9 && luminance(light.text) < 0.2, `${made.name}: light`, light);
  t.check(luminance(dark.ground) < 0.1 && luminance(dark.text) > 0.7, `${made.name}: dark when the system is`, dark);
  t.check(luminance(kept.ground) > 0.9 && luminance(chosen.ground) < 0.1, `${made.name}: the reader's choice goes before the system's`, { kept, chosen });
  t.none(dark.drawn.filter((c) => /^rgb\(/.test(c) && luminance(c) < 0.25), `${made.name}: no dark text in drawings on the dark ground`);
}

/** Points on paper: A4 less the margins of the style sheet. */
const SHEET = { width: 182, height: 265 }; // mm

async function paper(t, browser, made, out, language) {
  const where = `${made.name}, print, ${language}`;
  const view = await open(browser, made.file, { view: `lang=${language}&theme=dark`, width: Math.round((SHEET.width / 25.4) * 96), height: 1000, scheme: "dark" });
  await view.page.emulateMedia({ media: "print" });
  await drawn(view.page);
  const limit = (SHEET.height / 25.4) * 96;
  const found = await view.page.evaluate((limit) => ({
    figures: [...document.querySelectorAll("figure[id]")].map((f) => {
      const panels = [...f.querySelectorAll(".drawing > svg")], whole = f.getBoundingClientRect().height > limit ? panels : [f]; // a long figure may go on between its parts
      return { id: f.id, height: Math.max(...whole.map((e) => e.getBoundingClientRect().height)), cut: whole.some((e) => !getComputedStyle(e).breakInside.startsWith("avoid")), right: Math.max(0, ...panels.map((s) => s.getBoundingClientRect().right)) };
    }),
    gone: ["nav", ".toolbar", ".files"].filter((s) => [...document.querySelectorAll(s)].some((e) => getComputedStyle(e).display !== "none")),
    mute: [...document.querySelectorAll("figure label:has(select)")].filter((l) => !(l.querySelector("select").getBoundingClientRect().width > 20)).map((l) => l.textContent.slice(0, 40)),
    ground: getComputedStyle(document.body).backgroundColor, wide: document.documentElement.clientWidth,
  }), limit);
  t.none(found.mute, `${where}: what a figure was asked for stands beside it`);
  t.none(found.figures.filter((f) => f.height > limit).map((f) => `${f.id}: ${Math.round(f.height)} of ${Math.round(limit)} px`), `${where}: every figure fits on a sheet`);
  t.none(found.figures.filter((f) => f.cut).map((f) => f.id), `${where}: figures are not cut`);
  t.none(found.figures.filter((f) => f.right > found.wide + 1).map((f) => f.id), `${where}: no figure is wider than the sheet`);
  t.none(found.gone, `${where}: choices and buttons stay off the paper`);
  t.check(luminance(found.ground) > 0.95, `${where}: printed light from the dark page`, found.ground);
  const file = path.join(out, `${made.name}-${language}.pdf`);
  writeFileSync(file, await view.page.pdf({ preferCSSPageSize: true, printBackground: false, format: "A4" }));
  await view.close();
  sheets(t, file, made, where, language);
}

function sheets(t, file, made, where, language) {
  let text;
  try {
    text = execFileSync("pdftotext", ["-layout", file, "-"], { maxBuffer: 1 << 26 }).toString();
  } catch (e) {
    if (e.code !== "ENOENT") throw e;
    console.log(`${where}: pdftotext is missing, so the sheets were not read (apt-get install poppler-utils)`);
    return;
  }
  const pages = text.split("\f").slice(0, -1);
  t.check(pages.length >= 3 && pages.length <= 120, `${where}: a sensible number of sheets`, String(pages.length));
  t.none(pages.map((p, i) => (/SIMULATED/.test(p) ? "" : `sheet ${i + 1}`)).filter(Boolean), `${where}: SIMULATED on every sheet`);
  t.none(pages.map((p, i) => (p.includes(`${i + 1} / ${pages.length}`) ? "" : `sheet ${i + 1}`)).filter(Boolean), `${where}: sheets are numbered`);
  t.none(pages.map((p, i) => (p.trim().split("\n").filter((l) => l.trim()).length > 2 ? "" : `sheet ${i + 1}`)).filter(Boolean), `${where}: no empty sheet`);
  const flat = text.replace(/\s+/g, " ");
  t.none(made.summary.arms.map((a) => a.name).filter((n) => !flat.includes(n.replace(/\s+/g, " "))), `${where}: all arms are on paper`);
  if (language === "zh") t.check(/模拟结果/.test(text), `${where}: Chinese text is text`);
}

export async function layout(t, { browser, shelf, out, names = ["trial", "paired", "cart", "lots"] }) {
  for (const name of names) await screens(t, browser, shelf.page(name), out, name === names[0]);
  await themes(t, browser, shelf.page(names[0]));
  for (const name of names) for (const language of name === names[0] ? ["en", "zh"] : ["en"]) await paper(t, browser, shelf.page(name), out, language);
}
