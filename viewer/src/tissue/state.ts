/* What the reader of a tissue has chosen. All of it stands in the address behind '#'. */
import type { Language } from "../words";
import { MAPS, type MapName } from "./colour";
import type { Run } from "./data";

export type Axis = "x" | "y" | "z";
export interface Plane {
  axis: Axis;
  at: number; // um
}
export interface Slice extends Plane {
  substance: number;
}
export interface View {
  language: Language;
  theme: "auto" | "light" | "dark";
  run: number;
  other: number | null; // beside it
  minute: number | null; // null: the last frame
  colour: string; // "type", "state", or the name of an attribute behind "a."
  map: MapName;
  /** 0 to 1 by type; 0: not shown. Types that are missing are 1. */
  opacity: number[];
  dead: boolean; // are dead cells shown?
  box: boolean; // is the domain's outline shown?
  clip: (Plane & { flip: boolean }) | null;
  slice: Slice | null;
  camera: number[] | null; // azimuth and elevation (degrees), distance (um), target (um)
  profile: string; // "density", or the name of an attribute behind "a.", or of a substance behind "f."
  centre: number | null; // the type whose centre distances are from
  outcome: string | null; // of a study
}

export function initialView(languages: readonly string[]): View {
  const chinese = (languages[0] ?? "").toLowerCase().startsWith("zh");
  return {
    language: chinese ? "zh" : "en", theme: "auto", run: 0, other: null, minute: null, colour: "type", map: "viridis", opacity: [], dead: true, box: true, clip: null, slice: null, camera: null,
    profile: "density", centre: null, outcome: null,
  };
}

const number = (text: string | null | undefined): number | null => {
  if (text === null || text === undefined || text.trim() === "") return null;
  const x = Number(text);
  return Number.isFinite(x) ? x : null;
};
const whole = (text: string | null): number | null => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null);
const isAxis = (text: string): text is Axis => text === "x" || text === "y" || text === "z";
const share = (x: number | null): number => (x === null ? 1 : Math.min(1, Math.max(0, x)));

/** Nonsense in an address is passed over: the page still opens. */
export function parseView(hash: string, languages: readonly string[]): View {
  const v = initialView(languages), p = new URLSearchParams(hash.replace(/^#/, ""));
  const lang = p.get("lang"), theme = p.get("theme"), map = p.get("map");
  if (lang === "en" || lang === "zh") v.language = lang;
  if (theme === "light" || theme === "dark") v.theme = theme;
  v.run = whole(p.get("run")) ?? 0;
  v.other = whole(p.get("beside"));
  v.minute = number(p.get("minute"));
  v.colour = p.get("colour") ?? v.colour;
  if (map !== null && Object.prototype.hasOwnProperty.call(MAPS, map)) v.map = map as MapName;
  v.opacity = (p.get("opacity") ?? "").split("~").slice(0, 64).map((x) => share(number(x)));
  while (v.opacity.length && v.opacity[v.opacity.length - 1] === 1) v.opacity.pop();
  v.dead = p.get("dead") !== "no";
  v.box = p.get("box") !== "no";
  const [axis, at, flip] = (p.get("clip") ?? "").split("~"), where = number(at);
  if (isAxis(axis) && where !== null) v.clip = { axis, at: where, flip: flip === "flip" };
  const [substance, sliceAxis, sliceAt] = (p.get("slice") ?? "").split("~"), place = number(sliceAt), which = whole(substance);
  if (which !== null && isAxis(sliceAxis) && place !== null) v.slice = { substance: which, axis: sliceAxis, at: place };
  const camera = (p.get("camera") ?? "").split("~").map(number);
  if (camera.length === 6 && camera.every((x) => x !== null && Math.abs(x) < 1e7) && camera[2]! >= 0) v.camera = camera as number[];
  v.profile = p.get("profile") ?? v.profile;
  v.centre = whole(p.get("centre"));
  v.outcome = p.get("outcome");
  return v;
}

const short = (x: number): string => String(Math.round(x * 10) / 10);

export function formatView(v: View, languages: readonly string[]): string {
  const first = initialView(languages), p = new URLSearchParams();
  if (v.language !== first.language) p.set("lang", v.language);
  if (v.theme !== "auto") p.set("theme", v.theme);
  if (v.run) p.set("run", String(v.run));
  if (v.other !== null) p.set("beside", String(v.other));
  if (v.minute !== null) p.set("minute", String(v.minute));
  if (v.colour !== "type") p.set("colour", v.colour);
  if (v.map !== "viridis") p.set("map", v.map);
  if (v.opacity.some((x) => x !== 1)) p.set("opacity", v.opacity.map((x) => (x === 1 ? "" : String(x))).join("~"));
  if (!v.dead) p.set("dead", "no");
  if (!v.box) p.set("box", "no");
  if (v.clip) p.set("clip", `${v.clip.axis}~${short(v.clip.at)}${v.clip.flip ? "~flip" : ""}`);
  if (v.slice) p.set("slice", `${v.slice.substance}~${v.slice.axis}~${short(v.slice.at)}`);
  if (v.camera) p.set("camera", v.camera.map(short).join("~"));
  if (v.profile !== "density") p.set("profile", v.profile);
  if (v.centre !== null) p.set("centre", String(v.centre));
  if (v.outcome !== null) p.set("outcome", v.outcome);
  return p.toString();
}

/** The view for a run: planes within its domain, and a substance that it has. */
export function within(v: View, run: Pick<Run, "domain" | "substances">): View {
  const place = <P extends Plane>(p: P): P => {
    const k = { x: 0, y: 1, z: 2 }[p.axis], at = Math.min(run.domain.high[k], Math.max(run.domain.low[k], p.at));
    return at === p.at ? p : { ...p, at };
  };
  const clip = v.clip && place(v.clip), slice = v.slice && v.slice.substance < run.substances.length ? place(v.slice) : null;
  return clip === v.clip && slice === v.slice ? v : { ...v, clip, slice };
}

/** The opacity of a type. */
export const opacityOf = (v: View, type: number): number => v.opacity[type] ?? 1;
