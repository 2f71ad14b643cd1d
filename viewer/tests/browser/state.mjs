/* The view stands in the address: sent to somebody else, it shows the same. */
import { drawn, open, until } from "./harness.mjs";
import { openAll } from "./numbers.mjs";

/** All that is seen: texts, choices, drawings (their generated names left out). */
function seen(page) {
  return page.evaluate(() => ({
    text: document.querySelector("main").innerText,
    inputs: [...document.querySelectorAll("select, input")].map((e) => (e.type === "checkbox" ? e.checked : e.value)),
    drawings: [...document.querySelectorAll("figure[id]")].map((f) => `${f.id} ${[...f.querySelectorAll(".drawing > svg")].map((s) => s.outerHTML.replace(/\b((?:plot|clip|hatch)[-\w]*-)[0-9a-f]+/g, "$1")).join("")}`),
  }));
}

function differences(a, b) {
  const out = [];
  if (a.text !== b.text) {
    const x = a.text.split("\n"), y = b.text.split("\n"), i = x.findIndex((l, k) => l !== y[k]);
    out.push(`text: '${x[i]}' / '${y[i]}'`);
  }
  if (a.inputs.join() !== b.inputs.join()) out.push(`choices: ${a.inputs} / ${b.inputs}`);
  a.drawings.forEach((d, i) => {
    const e = b.drawings[i] ?? "";
    if (d === e) return;
    let k = 0;
    while (d[k] === e[k]) k++;
    out.push(`drawing ${d.split(" ")[0]}: '${d.slice(k - 30, k + 50)}' / '${e.slice(k - 30, k + 50)}'`);
  });
  return out;
}

const VIEWS = [
  "", "replicate=0&time=day", "replicate=detail&from=30&to=365", "replicate=1&hide=0&theme=dark", "where=age~50~&where=weight~~80&replicate=detail",
  "confirm=yes&deaths=censored&dating=midpoint&cutoff=300&lang=zh&replicate=1&hide=1&time=day&where=age~55~",
];
/** Addresses that nobody made: the page opens all the same. */
const NONSENSE = ["replicate=99999", "replicate=-1", "hide=7.8.x", "hide=0.1", "from=900&to=10", "from=NaN&to=1e400", "where=age~70~20", "where=nosuch~1~2", "where=~~", "cutoff=-5", "cutoff=0.001", "confirm=maybe&deaths=&dating=x", "lang=fr&theme=pink&time=eon", "%E0%A4%A", "pick.distribution=none&pick.x=y", "a=b=c&&&&=", "from=5e-324&to=6e-324"];

async function restored(t, browser, made) {
  for (const view of VIEWS) {
    const a = await open(browser, made.file, { view });
    const hash = await a.page.evaluate(() => location.hash.slice(1));
    const first = await seen(a.page);
    const b = await open(browser, made.file, { view: hash });
    t.none(differences(first, await seen(b.page)), `${made.name}: the address '${view}' shows the same again`);
    t.none([...a.told, ...b.told], `${made.name}: '${view}': no message of the console`);
    await a.close();
    await b.close();
  }
}

/** Choices made by hand arrive in the address, and from there in a second window. */
async function made(t, browser, page1) {
  const a = await open(browser, page1.file), { page } = a;
  await page.locator(".toolbar select").first().selectOption("1");
  await page.getByRole("button", { name: "中文" }).click();
  await drawn(page);
  await page.locator('.toolbar input[type="checkbox"]').first().click();
  await drawn(page);
  const hash = await page.evaluate(() => location.hash.slice(1));
  t.check(/lang=zh/.test(hash) && /replicate=1/.test(hash) && /hide=0/.test(hash), `${page1.name}: what is chosen stands in the address`, hash);
  const b = await open(browser, page1.file, { view: hash });
  t.none(differences(await seen(page), await seen(b.page)), `${page1.name}: the second reader sees what the first chose`);
  await b.page.evaluate(() => { location.hash = "lang=en"; });
  await until(b.page, () => document.documentElement.lang === "en", "the other language");
  await drawn(b.page);
  const c = await open(browser, page1.file, { view: "lang=en" });
  t.none(differences(await seen(b.page), await seen(c.page)), `${page1.name}: an address that changes under way is followed`);
  t.none([...a.told, ...b.told], `${page1.name}: choosing gives no message of the console`);
  for (const v of [a, b, c]) await v.close();
}

async function languages(t, browser, made1) {
  for (const [locale, lang] of [["zh-CN", "zh-Hans"], ["zh-TW", "zh-Hans"], ["en-US", "en"], ["de-DE", "en"]]) {
    const v = await open(browser, made1.file, { languages: locale });
    t.check((await v.page.evaluate(() => document.documentElement.lang)) === lang, `${made1.name}: a browser of ${locale} gets ${lang}`);
    await v.close();
  }
}

async function nonsense(t, browser, made1) {
  for (const view of NONSENSE) {
    const v = await open(browser, made1.file, { view });
    await openAll(v.page);
    await drawn(v.page);
    const bad = await v.page.evaluate(() => /NaN|undefined|\[object/.exec(document.querySelector("main").innerText)?.[0] ?? (/NaN/.exec([...document.querySelectorAll(".drawing svg")].map((s) => s.outerHTML).join(""))?.[0] ?? ""));
    t.none([...v.told, ...(bad ? [bad] : [])], `${made1.name}: the address '${view}' breaks nothing`);
    await v.close();
  }
}

export async function state(t, { browser, shelf, names = ["trial"] }) {
  for (const name of names) {
    const page = shelf.page(name);
    await restored(t, browser, page);
    await made(t, browser, page);
    await languages(t, browser, page);
    await nonsense(t, browser, page);
  }
}
