/* Numbers on the page against summary.json: what is shown is read by rules of its own, not by the page's. */

const MONTH = 30.4375; // days

/** The value at "arms.0.endpoints.3.share_below_0.05"; undefined: there is no such thing. */
export function at(value, path) {
  if (path === "") return value;
  if (value === null || typeof value !== "object") return undefined;
  const parts = path.split(".");
  for (let n = 1; n <= parts.length; n++) {
    const key = parts.slice(0, n).join(".");
    if (Object.hasOwn(value, key)) {
      const found = at(value[key], parts.slice(n).join("."));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A text as a number and half of what its last digit stands for; null when it holds none. */
export function read(text) {
  const m = /([+-]?)\s*(\d[\d,]*)(?:\.(\d+))?(?:e([+-]?\d+))?/.exec(text.replace(/[−–]/g, "-"));
  if (!m) return null;
  const whole = m[2].replace(/,/g, ""), power = Number(m[4] ?? 0), decimals = m[3]?.length ?? 0;
  const size = Number(`${whole}.${m[3] ?? 0}e${power}`);
  return { value: m[1] === "-" ? -size : size, half: 0.5 * 10 ** (power - decimals), integer: !m[3] && !m[4], digits: whole.length };
}

const within = (shown, exact, half) => Math.abs(shown - exact) <= half * (1 + 1e-9) + 1e-12 * Math.abs(exact);

/** Does `text` show `exact`? A whole number has so many significant digits: 12,300 stands for 12,345. */
function shows(text, exact, counted, significant = 3) {
  const r = read(text);
  if (!r) return false;
  if (counted) return r.value === Math.round(exact);
  const half = r.integer && r.digits > significant ? Math.max(r.half, 0.5 * 10 ** (r.digits - significant)) : r.half;
  return within(r.value, exact, half);
}

/** What is wrong with a marked number; "" when nothing is. `around`: the text that says the unit of an interval's end. */
export function judge({ path, value, unit, text, around, section = "", figure = "" }, summary) {
  const exact = at(summary, path), where = `${path} shown as '${text}' in ${section} ${figure}`;
  if (exact === undefined) return `${where}: summary.json has no such number`;
  if (exact === null || typeof exact !== "number") return /\d/.test(text) || value !== "" ? `${where}: it is ${JSON.stringify(exact)} in summary.json` : "";
  if (Number(value) !== exact) return `${where}: the element says ${value}, summary.json ${exact}`;
  const months = /month|月/.test(text) || (!/day|天/.test(text) && /month|月/.test(around));
  let ok;
  if (unit === "count") ok = shows(text, exact, true);
  else if (unit === "p" && /</.test(text)) ok = exact < read(text).value;
  else if (/share$/.test(unit)) ok = shows(text, 100 * exact);
  else if (unit === "difference day") ok = shows(text, exact / MONTH);
  else if (unit === "day") ok = shows(text, months ? exact / MONTH : exact);
  else ok = shows(text, exact, false, unit.startsWith("difference") ? 2 : 3);
  return ok ? "" : `${where} (${unit}, ${months ? "months" : "days or plain"}): ${exact} in summary.json`;
}

/** Everything that a page marks as a number of summary.json. */
export function marked(page) {
  return page.evaluate(() => [...document.querySelectorAll("data[data-path]")].map((e) => {
    // The unit of an interval's end stands at its centre; without a centre behind the bracket.
    const inside = e.closest(".interval"), before = inside && `${inside.previousElementSibling?.textContent ?? ""} ${inside.textContent}`;
    return { path: e.dataset.path, run: e.dataset.run, value: e.value, unit: e.dataset.unit ?? "1", text: e.textContent, around: before ?? e.parentElement.textContent, section: e.closest("section")?.id ?? "", figure: e.closest("figure")?.id ?? "" };
  }));
}

/** Numbers of each table beside a figure are made when it is opened; `long`: also those behind "show all rows". */
export async function openAll(page, long = true) {
  await page.evaluate(async (all) => {
    const pause = () => new Promise((done) => setTimeout(done, 20));
    for (const d of document.querySelectorAll("main details")) if (!d.closest(".toolbar")) d.open = true;
    await pause();
    if (all) for (const b of document.querySelectorAll("main .table > button.link")) b.click();
    await pause();
  }, long);
}
