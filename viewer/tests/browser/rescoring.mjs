/* Endpoints that the page scores again against runs that were made under these rules. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { open } from "./harness.mjs";
import { read } from "./numbers.mjs";
import { parseCsv } from "./runs.mjs";

const STUDY = "studies/nsclc-pembro-nk.yaml", MONTH = 30.4375;
const confirm = [/confirm: no/, "confirm: yes"], deaths = [/^assess:/m, "assess:\n  deaths: censored"], dating = [/^assess:/m, "assess:\n  progression_day: midpoint"];
/** Measured so badly that some responses are not confirmed. */
const noise = [/error: 8 %/, "error: 30 %"];
const horizon = (months) => [/^horizon: .*/m, `horizon: ${months} month`];
/** view of the page, and the change of the study that asks for the same. */
export const RULES = {
  confirm: { view: "confirm=yes", change: [confirm] },
  deaths: { view: "deaths=censored", change: [deaths] },
  midpoint: { view: "dating=midpoint", change: [dating] },
  cutoff: { view: `cutoff=${15 * MONTH}`, change: [horizon(15)] },
  all: { view: `confirm=yes&deaths=censored&dating=midpoint&cutoff=${13 * MONTH}`, change: [confirm, deaths, dating, horizon(13)] },
};

/** Tables of the page beside survival and waterfall, as texts. */
function tables(page) {
  return page.evaluate(() => Object.fromEntries(["survival-pfs", "survival-os", "survival-dor", "waterfall"].map((id) => {
    const t = document.querySelector(`figure#${id} .table table`);
    return [id, t ? [...t.querySelectorAll("tr")].map((r) => [...r.children].map((c) => c.textContent.trim())) : []];
  })));
}

const near = (shown, exact, more = 0) => shown !== null && Math.abs(shown.value - exact) <= shown.half * (1 + 1e-6) + more;
const numbers = (text) => (text.match(/[−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?/g) ?? []).map(read);

/** A text such as "4.1 months [2.8, 5.6]" against value and limits; `scale`: of one unit shown. */
function judge(text, values, scale, what, slack) {
  const shown = numbers(text), known = values.filter((v) => v !== null && v !== undefined);
  if (shown.length < known.length || (values[0] === null && !/^[–-]/.test(text))) return [`${what}: '${text}' for ${values}`];
  const bad = known.some((v, i) => !near(shown[i], v / scale, slack / scale));
  return bad ? [`${what}: '${text}' for ${known.map((v) => v / scale)}`] : [];
}

function survivalRows(rows, b, endpoint, slack) {
  const [head, ...body] = rows, wrong = [];
  const line = (test) => body.find((r) => test.test(r[0]));
  head.slice(1).forEach((arm, i) => {
    const a = b.arms.findIndex((x) => x.name === arm), list = b.arms[a].endpoints, curve = b.survival.find((c) => c.endpoint === endpoint && c.arm === arm);
    const cell = (test) => line(test)?.[i + 1] ?? "";
    if (Number(cell(/^patients/)) !== curve.patients || Number(cell(/event/)) !== curve.events) wrong.push(`${arm}: ${cell(/^patients/)} patients, ${cell(/event/)} events; ${curve.patients}, ${curve.events}`);
    const m = list.find((e) => e.endpoint === endpoint && !e.label), scale = m?.median >= 60 || m?.low >= 60 ? MONTH : 1;
    if (m) wrong.push(...judge(cell(/^median/), [m.median, m.low, m.high], scale, `${arm}: median ${endpoint}`, slack));
    for (const e of list.filter((x) => x.endpoint === `${endpoint}_at`))
      wrong.push(...judge(cell(new RegExp(`^at ${Math.round(e.at_day / MONTH)} `)), [e.mean, e.low, e.high], 0.01, `${arm}: ${endpoint} at ${e.at_day}`, 0));
    const c = b.comparisons.find((x) => x.arm === arm), hr = c?.measures.find((x) => x.endpoint === `${endpoint}_hazard_ratio`), p = c?.measures.find((x) => x.endpoint === `${endpoint}_logrank_p`);
    if (hr) wrong.push(...judge(cell(/^hazard/), [hr.mean], 1, `${arm}: hazard ratio ${endpoint}`, 0));
    if (p && !(p.mean < 0.001)) wrong.push(...judge(cell(/^log-rank/), [p.mean], 1, `${arm}: log-rank p ${endpoint}`, 0));
  });
  return wrong;
}

function responseRows(rows, b, confirmed) {
  const [head, ...body] = rows, column = head.findIndex((h) => /these patients/.test(h) && /without confirmation/.test(h) !== confirmed), wrong = [];
  for (const r of body) {
    const arm = b.arms.find((x) => x.name === r[0]), m = arm.endpoints.find((e) => e.endpoint === "ORR" && !e.label);
    const n = arm.patients - arm.failed, k = arm.responses.CR + arm.responses.PR;
    const shown = numbers(r[column] ?? "");
    const counts = shown.filter((x) => x.integer && x.value === n).length || !/\bof\b|\//.test(r[column] ?? "");
    if (!counts) wrong.push(`${r[0]}: '${r[column]}' for ${k} of ${n}`);
    for (const v of [m.mean, m.low, m.high]) if (!shown.some((x) => near(x, 100 * v))) wrong.push(`${r[0]}: '${r[column]}' for ${m.mean} [${m.low}, ${m.high}]`);
  }
  return wrong;
}

/** One replicate: its summary has intervals, hazard ratios and p of the very patients. */
async function lone(t, browser, shelf) {
  const spec = { study: STUDY, replicates: 1 }, page = shelf.page("rules", { ...spec, change: [noise] });
  for (const [name, { view, change }] of Object.entries(RULES)) {
    const folder = shelf.run(`rules-${name}`, { ...spec, change: [noise, ...change] }), b = JSON.parse(readFileSync(path.join(folder, "summary.json"), "utf8"));
    const v = await open(browser, page.file, { view: `lang=en&${view}` }), found = await tables(v.page);
    const slack = /cutoff/.test(view) ? 0.01 : 0; // days: the integration ends elsewhere
    for (const [id, endpoint] of [["survival-pfs", "PFS"], ["survival-os", "OS"], ["survival-dor", "DoR"]])
      t.none(survivalRows(found[id], b, endpoint, slack), `${name}: ${endpoint} scored again is that of a run under these rules`);
    // Rules that change nothing would prove nothing.
    const told = (x) => JSON.stringify([x.arms.map((a) => a.responses), x.survival.map((c) => [c.events, c.survival])]);
    t.check(told(b) !== told(page.summary), `${name}: the rules change something`);
    t.none(responseRows(found.waterfall, b, /confirm=yes/.test(view)), `${name}: response rates scored again are those of a run under these rules`);
    t.none(v.told, `${name}: no message of the console`);
    await v.close();
  }
}

/** Several replicates pooled: against `perforin stats` over patients.csv of a run under the rules. */
async function pooled(t, browser, shelf, out) {
  const spec = { study: STUDY, replicates: 6 }, page = shelf.page("pooled", { ...spec, change: [noise] }), { view, change } = RULES.all;
  const folder = shelf.run("rules-pooled", { ...spec, change: [noise, ...change] });
  const v = await open(browser, page.file, { view: `lang=en&replicate=detail&${view}` }), found = await tables(v.page);
  const held = await v.page.evaluate(() => JSON.parse(document.getElementById("perforin-data").textContent).runs[0].detail.replicates);
  const [head, ...rows] = parseCsv(readFileSync(path.join(folder, "patients.csv"), "utf8")), replicate = head.indexOf("REPLICATE");
  const file = path.join(out, "pooled.csv");
  writeFileSync(file, [head, ...rows.filter((r) => Number(r[replicate]) < held)].map((r) => r.map((x) => (/,/.test(x) ? `"${x}"` : x)).join(",")).join("\n") + "\n");
  for (const [id, time] of [["survival-pfs", "PFS"], ["survival-os", "OS"]]) {
    const km = JSON.parse(shelf.perform("stats", "km", file, "--time", time, "--event", `${time}_EVENT`, "--group", "ARM", "--json").toString());
    const wrong = [];
    found[id][0].slice(1).forEach((arm, i) => {
      const q = km.groups.find((x) => x.group === arm).quantiles[0].time;
      const text = found[id].find((r) => /^median/.test(r[0]))[i + 1];
      wrong.push(...judge(text, [q.value, q.lower, q.upper], (q.value ?? q.lower) >= 60 ? MONTH : 1, `${arm}: median ${time}`, 0.01));
    });
    t.none(wrong, `${held} replicates pooled and scored again: ${time} as perforin stats of a run under these rules`);
  }
  await v.close();
}

export async function rescoring(t, { browser, shelf, out }) {
  await lone(t, browser, shelf);
  await pooled(t, browser, shelf, out);
}
