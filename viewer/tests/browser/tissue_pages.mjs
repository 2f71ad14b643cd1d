/* Pages of tissues: of documents by formula (tests/made), and of a real run. */
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { until } from "./harness.mjs";

/** The formulas, compiled. */
export async function formulas(root, out) {
  const file = path.join(out, "made_tissue.mjs");
  await build({ entryPoints: [path.join(root, "viewer/tests/made/tissue.ts")], bundle: true, platform: "node", format: "esm", outfile: file, logLevel: "error" });
  return import(`${pathToFileURL(file).href}?${Date.now()}`);
}

/** A document in the template, as the library puts it there. */
export function fillTemplate(template, document, file, title = "made") {
  const json = JSON.stringify(document).replace(/</g, "\\u003c");
  writeFileSync(file, readFileSync(template, "utf8").replace("@PERFORIN_TITLE@", () => `SIMULATED: ${title}`).replace("@PERFORIN_TEXT@", () => title).replace("@PERFORIN_DATA@", () => json));
  return file;
}
export const documentOf = (file) => JSON.parse(/<script type="application\/json" id="perforin-data">([\s\S]*?)<\/script>/.exec(readFileSync(file, "utf8"))[1]);

/** The frame of this minute is on the screen, and drawn. */
export async function shows(page, minute) {
  await until(page, `document.documentElement.dataset.frame === "${minute}"`, `minute ${minute}`);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)))));
}

/** The picture of a scene as it is on the screen: how many pixels are near each of the colours, and how many differ from the ground. */
export async function look(page, colours, n = 0) {
  const png = (await page.locator(".scene canvas").nth(n).screenshot()).toString("base64");
  return page.evaluate(async ({ png, colours }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const c = document.createElement("canvas");
    c.width = image.width;
    c.height = image.height;
    const pen = c.getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0);
    const d = pen.getImageData(0, 0, c.width, c.height).data, near = colours.map(() => 0);
    let other = 0;
    // Of a shaded ball: the same hue, whatever its lightness.
    const hue = (r, g, b) => { const m = Math.max(r, g, b), l = Math.min(r, g, b), s = m - l; return s < 24 ? null : m === r ? ((g - b) / s + 6) % 6 : m === g ? (b - r) / s + 2 : (r - g) / s + 4; };
    const wanted = colours.map((t) => hue(...[1, 3, 5].map((i) => parseInt(t.slice(i, i + 2), 16))));
    for (let i = 0; i < d.length; i += 4) {
      if (Math.abs(d[i] - d[0]) + Math.abs(d[i + 1] - d[1]) + Math.abs(d[i + 2] - d[2]) > 40) other++;
      const h = hue(d[i], d[i + 1], d[i + 2]);
      if (h !== null) wanted.forEach((w, k) => { if (Math.min(Math.abs(h - w), 6 - Math.abs(h - w)) < 0.22) near[k]++; });
    }
    return { near, other, all: c.width * c.height };
  }, { png, colours });
}
