/* One file: the script, the style and the licences go into index.html, once each and as plain text, and the result is dist/page.html;
 * `--mode tissue` makes dist/tissue.html of tissue.html. The same sources and the same package-lock.json give the same bytes. */
import { readFileSync, renameSync } from "node:fs";
import { defineConfig, type Plugin, type UserConfig } from "vite";

/** The packages inside ask that their terms go along with every copy. A section whose title says so is of the page of a tissue alone. */
function withLicences(page: string, tissue: boolean): string {
  const parts = readFileSync("LICENSES.md", "utf8").split(/^(?=## )/m), place = "<!-- licences -->";
  const terms = parts.filter((part) => tissue || !part.startsWith("## Of the page of a tissue")).join("").trimEnd();
  if (terms.includes("--")) throw new Error("LICENSES.md holds '--', which ends a comment");
  if (!page.includes(place)) throw new Error(`there is no ${place}`);
  return page.replace(place, () => `<!--\n${terms}\n-->`);
}

function oneFile(tissue: boolean): Plugin {
  const source = tissue ? "tissue.html" : "index.html";
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const html = bundle[source];
      if (!html || html.type !== "asset") throw new Error(`vite made no ${source}`);
      let page = String(html.source);
      for (const [name, part] of Object.entries(bundle)) {
        if (part === html) continue;
        const text = part.type === "chunk" ? part.code : String(part.source);
        // A script ends at the first "</script", wherever it stands.
        const safe = text.replace(/<\/(script|style)/gi, "<\\/$1").replace(/<!--/g, "<\\!--").trimEnd();
        const tag = part.type === "chunk" ? `<script>${safe}\n</script>` : `<style>${safe}\n</style>`;
        const link = part.type === "chunk" ? /\s*<script type="module"[^>]*><\/script>/ : /\s*<link rel="stylesheet"[^>]*>/;
        if (!link.test(page)) throw new Error(`nothing in ${source} asks for ${name}`);
        page = page.replace(link, () => (part.type === "chunk" ? "" : `\n${tag}`));
        // The script comes last: it reads the data above it.
        if (part.type === "chunk") page = page.replace("<!-- licences -->", (place) => `${tag}\n${place}`);
        delete bundle[name];
      }
      html.source = withLicences(page, tissue);
    },
    writeBundle() {
      if (!tissue) renameSync("dist/index.html", "dist/page.html");
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [oneFile(mode === "tissue")],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none", charset: "utf8" },
  build: {
    target: "es2020",
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
    emptyOutDir: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: mode === "tissue" ? "tissue.html" : "index.html", output: { format: "iife", inlineDynamicImports: true } },
  },
  test: { include: ["tests/unit/**/*.test.ts"] },
}) as UserConfig);
