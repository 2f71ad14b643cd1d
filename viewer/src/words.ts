/* Two languages. Each module keeps its own pairs [English, Chinese] beside the code that shows them:
 *
 *   const T = words({ title: ["Waterfall", "瀑布图"], n: ["{n} patients", "{n} 名患者"] });
 *   T.title; fill(T.n, { n: 54 })
 *
 * What comes from the run (titles, names of arms, sources) is shown as it was written. */
export type Language = "en" | "zh";

let index: 0 | 1 = 0;

export function setLanguage(language: Language): void {
  index = language === "zh" ? 1 : 0;
}
export function language(): Language {
  return index ? "zh" : "en";
}

export function words<K extends string>(pairs: Record<K, readonly [string, string]>): Readonly<Record<K, string>> {
  const out = {} as Record<K, string>;
  for (const key of Object.keys(pairs) as K[]) Object.defineProperty(out, key, { enumerable: true, get: () => pairs[key][index] });
  return out;
}

/** "{n} patients" of one patient: "1 patient", and "all {n} patients": "the one patient". */
function one(text: string, values: Record<string, string | number>): string {
  return text.replace(/(\ball )?\{(\w+)\} (patient|replicate)s\b/g, (whole, all: string | undefined, name: string, noun: string) =>
    String(values[name]) !== "1" ? whole : all ? `the one ${noun}` : `1 ${noun}`,
  );
}

/** Values put into a text. Chinese is written without spaces, but for those around Latin letters and figures. */
export function fill(text: string, values: Record<string, string | number>): string {
  const filled = one(text, values).replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  return filled.replace(/([\u4e00-\u9fff）]) +(?=[\u4e00-\u9fff（])/g, "$1");
}
