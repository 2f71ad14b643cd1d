/* The runs that pages are made of: real ones, short, with what a page must cope with. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** name: study, replicates, and changes of its text ([pattern, replacement] or text to append). */
export const RUNS = {
  trial: { study: "studies/nsclc-pembro-nk.yaml", replicates: 24 },
  lone: { study: "studies/nsclc-pembro-nk.yaml", replicates: 1 },
  cart: { study: "studies/axicel-zuma1.yaml", replicates: 8 },
  paired: { study: "studies/axicel-what-if.yaml", replicates: 4 },
  recurrence: { study: "studies/nk-adjuvant.yaml", replicates: 4 },
  lots: { study: "studies/nk-sources.yaml", replicates: 3 },
  claims: { study: "studies/act-benefits.yaml", replicates: 3 },
  bare: { study: "studies/nsclc-pembro-nk.yaml", replicates: 4, change: [[/^replicates:/m, "keep: 0\nreplicates:"]] },
  odd: { study: "studies/nsclc-pembro-nk.yaml", replicates: 2, change: [[/^title: .*$/m, 'title: "A </script><b>title</b> & <!-- 中文 \\"quoted\\""'], [/name: pembrolizumab \+ NK/, 'name: "<i>NK</i> & friends </script>"'], [/arm: pembrolizumab \+ NK/g, 'arm: "<i>NK</i> & friends </script>"'], [/against: pembrolizumab \+ NK/g, 'against: "<i>NK</i> & friends </script>"']] },
};

export class Shelf {
  constructor({ perforin, root, out, template }) {
    Object.assign(this, { perforin: path.resolve(perforin), root, out, template });
    mkdirSync(out, { recursive: true });
  }
  perform(...args) {
    return execFileSync(this.perforin, args, { cwd: this.root, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
  }
  /** The study's file, changed where it has to be. Files that it names are found from the current folder. */
  studyFile(name, { study, change }) {
    if (!change) return study;
    let text = readFileSync(path.join(this.root, study), "utf8");
    for (const [pattern, put] of change) {
      const next = text.replace(pattern, put);
      if (next === text) throw new Error(`${name}: nothing in ${study} is ${pattern}`);
      text = next;
    }
    const file = path.join(this.out, "studies", `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
  /** A run folder; made again only when the program or the study is newer. */
  run(name, spec = RUNS[name]) {
    const folder = path.join(this.out, "runs", name), manifest = path.join(folder, "manifest.json");
    const study = this.studyFile(name, spec);
    const made = existsSync(manifest) && readFileSync(manifest, "utf8").includes('"state": "complete"') ? statSync(manifest).mtimeMs : 0;
    const sameSize = made && JSON.parse(readFileSync(manifest, "utf8")).settings.replicates === String(spec.replicates);
    if (!sameSize || made < statSync(this.perforin).mtimeMs)
      this.perform("run", study, "--replicates", String(spec.replicates), "--out", folder, "--force", "-q");
    return folder;
  }
  /** The page of a run, and what it must agree with. */
  page(name, spec = RUNS[name]) {
    const folder = this.run(name, spec), file = path.join(this.out, `${name}.html`);
    this.perform("report", folder, "--out", file, ...(this.template ? ["--template", this.template] : []));
    return { name, folder, file, summary: JSON.parse(readFileSync(path.join(folder, "summary.json"), "utf8")) };
  }
}

/** A table of the run folder, as rows of texts by column. */
export function readTable(folder, name) {
  const [head, ...rows] = parseCsv(readFileSync(path.join(folder, name), "utf8"));
  return rows.map((r) => Object.fromEntries(head.map((h, i) => [h, r[i]])));
}
export function parseCsv(text) {
  const rows = [];
  let row = [], field = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') (field += '"'), i++;
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") row.push(field), (field = "");
    else if (c === "\n") row.push(field.replace(/\r$/, "")), rows.push(row), (row = []), (field = "");
    else field += c;
  }
  if (field || row.length) rows.push([...row, field]);
  return rows;
}
