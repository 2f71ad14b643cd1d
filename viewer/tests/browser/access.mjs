/* With a keyboard and a screen reader. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { drawn, open, until } from "./harness.mjs";
import { openAll } from "./numbers.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Findings of axe-core that are serious or critical. */
export async function findings(page) {
  await page.evaluate(AXE);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.slice(0, 4).map((n) => `${v.impact} ${v.id}: ${n.target.join(" ")}: ${n.failureSummary?.split("\n").slice(1, 3).join(" ").trim()}`));
}

/** Reach everything with Tab; what was reached, in order. */
export async function tabThrough(page) {
  return page.evaluate(() => {
    const can = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.closest("details:not([open]) > :not(summary)");
    return [...document.querySelectorAll("a[href], button, select, input, summary, [tabindex]")].filter((e) => can(e) && e.tabIndex >= 0).map((e, i) => { e.dataset.stop = String(i); return { i, name: `${e.tagName} ${e.id} ${(e.getAttribute("aria-label") ?? e.textContent).trim().slice(0, 40)}` }; });
  });
}

async function keyboard(t, browser, made) {
  const view = await open(browser, made.file), { page } = view, where = `${made.name}, keyboard`;
  const stops = await tabThrough(page), reached = new Set(), faint = [];
  for (let n = 0; n < stops.length + 30; n++) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const e = document.activeElement, s = getComputedStyle(e);
      return { stop: e.dataset?.stop, body: e === document.body, ring: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none", name: `${e.tagName} ${e.textContent.trim().slice(0, 30)}` };
    });
    if (now.body && n > 2) break;
    if (now.stop !== undefined) reached.add(Number(now.stop));
    if (!now.ring && !now.body) faint.push(now.name);
  }
  t.check(stops.length > 20, `${where}: there are controls`, String(stops.length));
  t.none(stops.filter((s) => !reached.has(s.i)).map((s) => s.name), `${where}: Tab reaches all ${stops.length} controls`);
  t.none([...new Set(faint)], `${where}: the focus is seen on each of them`);
  await view.close();
  await byKeys(t, browser, made, where);
}

/** Choices without a mouse. */
async function byKeys(t, browser, made, where) {
  const view = await open(browser, made.file), { page } = view;
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  t.check(await page.evaluate(() => document.activeElement.id === "main"), `${where}: the first stop skips to the results`);
  const summary = page.locator("main details.numbers > summary").first();
  await summary.focus();
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector("main details.numbers[open] table tbody tr") !== null, "a table");
  t.check(true, `${where}: Enter opens a table`);
  const panel = page.locator(".toolbar details.choice > summary").first();
  if (await panel.count()) {
    await panel.focus();
    await page.keyboard.press("Enter");
    const open = await page.evaluate(() => document.querySelectorAll(".toolbar details.choice[open]").length);
    await page.keyboard.press("Escape");
    const shut = await page.evaluate(() => [document.querySelectorAll(".toolbar details.choice[open]").length, document.activeElement.tagName]);
    t.check(open === 1 && shut[0] === 0 && shut[1] === "SUMMARY", `${where}: Escape closes a panel and gives the focus back`, { open, shut });
  }
  const arm = page.locator('.toolbar input[type="checkbox"]').first();
  if (await arm.count() && await arm.isVisible()) {
    await arm.focus();
    await page.keyboard.press("Space");
    await drawn(page);
    t.check((await page.evaluate(() => location.hash)).includes("hide=0"), `${where}: Space takes an arm away`);
  }
  t.none(view.told, `${where}: no message of the console`);
  await view.close();
}

export async function access(t, { browser, shelf, names = ["trial", "cart", "lots"] }) {
  for (const name of names) {
    const made = shelf.page(name);
    for (const [language, scheme] of name === names[0] ? [["en", "light"], ["zh", "dark"]] : [["en", "dark"]]) {
      const view = await open(browser, made.file, { view: `lang=${language}`, scheme });
      await openAll(view.page, false);
      await drawn(view.page);
      t.none(await findings(view.page), `${name}, ${language}, ${scheme}: axe-core finds nothing serious`);
      t.check(await view.page.evaluate(() => document.querySelector("[aria-live]") !== null && document.querySelectorAll("main, header").length >= 2), `${name}, ${language}: landmarks, and a line that tells changes`);
      await view.close();
    }
  }
  await keyboard(t, browser, shelf.page(names[0]));
}
