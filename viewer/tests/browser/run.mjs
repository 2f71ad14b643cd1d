/* Tests of the page in Chromium. usage: node run.mjs PERFORIN [--template FILE] [--tissue FILE] [--out FOLDER] [--only SUITE[,RUN...]]
 * --template, --tissue: templates of the pages of a trial and of a tissue that are not committed yet.
 * Exit code 0: all checks hold; 1: some do not; 77: a program is missing, which is said. */
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url)), root = path.resolve(here, "../../..");
const args = process.argv.slice(2), option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

async function main() {
  const { Tally, findChromium, launch } = await import("./harness.mjs").catch((e) => {
    console.log(`skipped: ${e.message.split("\n")[0]} (tools/page.sh ready)`);
    process.exit(77);
  });
  if (!args[0] || args[0].startsWith("--")) throw new Error("usage: node run.mjs PERFORIN [--template FILE] [--out FOLDER] [--only SUITE]");
  if (!findChromium()) {
    console.log("skipped: there is no Chromium (tools/need.sh page)");
    process.exit(77);
  }
  const { Shelf } = await import("./runs.mjs");
  const suites = ["content", "layout", "access", "state", "files", "rescoring", "compare", "tissue"];
  const out = path.resolve(option("--out") ?? path.join(root, "build/page")), t = new Tally();
  const [only, ...names] = (option("--only") ?? "").split(",");
  const template = option("--template") ?? process.env.PF_PAGE_TEMPLATE;
  const shelf = new Shelf({ perforin: args[0], root, out, template: template && path.resolve(template) });
  const browser = await launch();
  try {
    for (const suite of suites) {
      if (only && only !== suite) continue;
      const began = Date.now(), before = t.checks, call = (await import(`./${suite}.mjs`))[suite];
      await call(t, { browser, shelf, out, root, tissueTemplate: path.resolve(option("--tissue") ?? path.join(root, "src/report/tissue.html")), ...(names.length ? { names } : {}) });
      console.log(`---- ${suite}: ${t.checks - before} checks, ${((Date.now() - began) / 1000).toFixed(0)} s`);
    }
  } finally {
    await browser.close();
  }
  console.log(`page: ${t.checks} checks, ${t.numbers} numbers compared with summary.json, ${t.failed.length} failed; pictures in ${path.join(out, "screenshots")}`);
  process.exit(t.failed.length ? 1 : 0);
}

await main();
