/* What the reader has chosen. All of it stands in the address behind '#', so that a view can be sent. */
import type { Language } from "./words";

/** How endpoints are scored from visits and events; null: as the study says. */
export interface Rules {
  confirm: boolean | null;
  deaths: "event" | "censored" | null;
  dating: "visit" | "midpoint" | null;
  cutoff: number | null; // day
}
/** Patients whose covariate lies in [low, high]; null: no limit. */
export interface Filter {
  name: string;
  low: number | null;
  high: number | null;
}
export interface View {
  language: Language;
  theme: "auto" | "light" | "dark";
  /** "all": every replicate, as in the summary; "detail": the patients in this page, pooled; a number: one replicate. */
  replicate: "all" | "detail" | number;
  hidden: number[]; // arms that are not shown
  unit: "auto" | "day" | "month"; // of time axes
  from: number | null; // zoom of time axes, days
  to: number | null;
  filters: Filter[];
  rules: Rules;
  /** Choices that only one figure has, by its id: the endpoint of "distribution", ... */
  pick: Record<string, string>;
}

const AS_STUDY: Rules = { confirm: null, deaths: null, dating: null, cutoff: null };

export function initialView(languages: readonly string[]): View {
  const chinese = (languages[0] ?? "").toLowerCase().startsWith("zh");
  return { language: chinese ? "zh" : "en", theme: "auto", replicate: "all", hidden: [], unit: "auto", from: null, to: null, filters: [], rules: AS_STUDY, pick: {} };
}

/** Does the view ask for something that the summary over all replicates cannot tell? */
export function isRescored(v: View): boolean {
  const r = v.rules;
  return r.confirm !== null || r.deaths !== null || r.dating !== null || r.cutoff !== null;
}
export function needsPatients(v: View): boolean {
  return isRescored(v) || v.filters.length > 0;
}

function number(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const x = Number(text);
  return Number.isFinite(x) ? x : null;
}
function oneOf<T extends string>(text: string | null, all: readonly T[]): T | null {
  return all.includes(text as T) ? (text as T) : null;
}

/** Nonsense in an address is passed over: the page still opens. */
export function parseView(hash: string, languages: readonly string[]): View {
  const v = initialView(languages);
  const p = new URLSearchParams(hash.replace(/^#/, ""));
  v.language = oneOf(p.get("lang"), ["en", "zh"] as const) ?? v.language;
  v.theme = oneOf(p.get("theme"), ["auto", "light", "dark"] as const) ?? v.theme;
  const r = p.get("replicate");
  if (r === "detail") v.replicate = "detail";
  else if (r !== null && /^\d+$/.test(r)) v.replicate = Number(r);
  v.hidden = (p.get("hide") ?? "").split(".").filter((x) => /^\d+$/.test(x)).map(Number);
  v.unit = oneOf(p.get("time"), ["day", "month"] as const) ?? "auto";
  v.from = number(p.get("from"));
  v.to = number(p.get("to"));
  for (const text of p.getAll("where")) {
    const [name, low, high] = text.split("~");
    if (name) v.filters.push({ name, low: number(low ?? null), high: number(high ?? null) });
  }
  for (const [key, text] of p) if (key.startsWith("pick.")) v.pick[key.slice(5)] = text;
  const cutoff = number(p.get("cutoff"));
  const confirm = oneOf(p.get("confirm"), ["yes", "no"] as const);
  v.rules = {
    confirm: confirm === null ? null : confirm === "yes",
    deaths: oneOf(p.get("deaths"), ["event", "censored"] as const),
    dating: oneOf(p.get("dating"), ["visit", "midpoint"] as const),
    cutoff: cutoff !== null && cutoff >= 0 ? cutoff : null,
  };
  return v;
}

export function formatView(v: View, languages: readonly string[]): string {
  const first = initialView(languages);
  const p = new URLSearchParams();
  if (v.language !== first.language) p.set("lang", v.language);
  if (v.theme !== "auto") p.set("theme", v.theme);
  if (v.replicate !== "all") p.set("replicate", String(v.replicate));
  if (v.hidden.length) p.set("hide", v.hidden.join("."));
  if (v.unit !== "auto") p.set("time", v.unit);
  if (v.from !== null) p.set("from", String(v.from));
  if (v.to !== null) p.set("to", String(v.to));
  for (const f of v.filters) p.append("where", `${f.name}~${f.low ?? ""}~${f.high ?? ""}`);
  for (const [id, text] of Object.entries(v.pick)) p.set(`pick.${id}`, text);
  if (v.rules.confirm !== null) p.set("confirm", v.rules.confirm ? "yes" : "no");
  if (v.rules.deaths !== null) p.set("deaths", v.rules.deaths);
  if (v.rules.dating !== null) p.set("dating", v.rules.dating);
  if (v.rules.cutoff !== null) p.set("cutoff", String(v.rules.cutoff));
  return p.toString();
}
