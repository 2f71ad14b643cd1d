import { render } from "preact";
import type { TissuePage } from "./data";
import { drawAll } from "../ui/queue";
import { App } from "./app";
import "../style.css";
import "../styles/sections.css";
import "../styles/tissue.css";
import "../styles/print.css";

const text = document.getElementById("perforin-data")!.textContent ?? "";
const place = document.getElementById("page")!;
try {
  const data = JSON.parse(text) as TissuePage;
  if (data.format !== "perforin-tissue-page-1") throw new Error(`the document is '${String(data.format)}', expected 'perforin-tissue-page-1'`);
  render(<App data={data} />, place);
  addEventListener("beforeprint", drawAll);
  document.documentElement.dataset.ready = "1";
} catch (error) {
  // The file is cut short or from another version: say so instead of an empty page.
  place.textContent = `SIMULATED. This page cannot show its run: ${error instanceof Error ? error.message : String(error)}. Make it again with: perforin report FOLDER`;
  throw error;
}
