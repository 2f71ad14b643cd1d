/* What all browser tests share: counting checks, one Chromium, pages that are listened to. */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** Checks, counted; a failed one is told at once and does not stop the others. */
export class Tally {
  checks = 0;
  numbers = 0;
  failed = [];
  check(yes, what, more = "") {
    this.checks++;
    if (yes) return true;
    this.failed.push(what);
    const text = typeof more === "string" ? more : JSON.stringify(more);
    console.log(`FAIL  ${what}${text ? `\n      ${text.slice(0, 1200)}` : ""}`);
    return false;
  }
  /** One check over many things: what is wrong with each of them, or nothing. */
  none(wrong, what) {
    return this.check(wrong.length === 0, what, wrong.slice(0, 12).join("\n      ") + (wrong.length > 12 ? `\n      ... ${wrong.length} in all` : ""));
  }
}

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
export function findChromium() {
  return process.env.CHROMIUM || PROGRAMS.find((p) => existsSync(p));
}
/** `webgl`: true: with 3-D, drawn by the processor; false: surely without. */
export async function launch({ webgl = null } = {}) {
  return chromium.launch({
    executablePath: findChromium(),
    // Its sandbox does not start for root and in containers; the pages are our own files.
    args: ["--no-sandbox", ...(webgl ? ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] : ["--disable-gpu", ...(webgl === false ? ["--disable-3d-apis"] : [])]), "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"],
  });
}

/** Ask the page until it says yes. (Playwright's own waiting uses eval, which the page's policy forbids.) */
export async function until(page, question, what, seconds = 60) {
  for (const end = Date.now() + 1000 * seconds; ; ) {
    if (await page.evaluate(question)) return;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((done) => setTimeout(done, 15));
  }
}

/** All figures are drawn and nothing waits. */
export async function drawn(page) {
  await until(page, () => document.documentElement.dataset.ready === "1", "the page");
  // A change of the view plans its drawings after the next frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30))));
  await until(page, () => document.documentElement.dataset.figures !== "waiting" && !document.querySelector('figure[data-state="waiting"]'), "the figures");
}

/** Open a page of ours. `told` gathers what must not happen: console errors, requests, exceptions. */
export async function open(browser, file, { view = "", width = 1280, height = 900, scheme = "light", languages = "en-GB", downloads = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: languages, acceptDownloads: downloads, offline: true, reducedMotion: "reduce" });
  const page = await context.newPage(), told = [];
  const url = pathToFileURL(file).href;
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") told.push(`${m.type()}: ${m.text()}`); });
  page.on("pageerror", (e) => told.push(`exception: ${e.message}`));
  page.on("request", (r) => { if (r.url().split("#")[0] !== url && !/^(data|blob):/.test(r.url())) told.push(`request: ${r.url()}`); });
  await page.goto(view ? `${url}#${view}` : url);
  await drawn(page);
  return { page, told, close: () => context.close() };
}

export function shotFolder(out) {
  const folder = path.join(out, "screenshots");
  mkdirSync(folder, { recursive: true });
  return folder;
}
/** The whole page as a picture for people to look at. */
export async function shoot(page, out, name) {
  // Sticky parts would stand in the middle of the picture.
  await page.addStyleTag({ content: ".mark, .toolbar, nav { position: static !important; }" }).catch(() => {});
  await page.screenshot({ path: path.join(shotFolder(out), `${name}.png`), fullPage: true });
}
