/* Pictures and films of the lesion as files. Every picture says that it is simulated, of what, when, what colours mean and how long a length is:
 * it leaves the page that says so. */
import { save } from "../ui/download";
import { roundLength, um } from "./format";
import type { Shown } from "./lesion";

/** What a legend shows: marks with names, or a scale of colours. */
export type Key = { marks: { colour: string; name: string }[] } | { table: Uint8Array; name: string; low: string; high: string };
export interface Caption {
  titles: string[]; // of each lesion
  keys: Key[];
}
const HEAD = 34, FOOT = 44;

const variable = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function drawKey(pen: CanvasRenderingContext2D, key: Key, x: number, y: number): number {
  pen.textAlign = "left";
  if ("marks" in key) {
    for (const m of key.marks) {
      pen.fillStyle = m.colour;
      pen.fillRect(x, y - 9, 11, 11);
      pen.fillStyle = variable("--text");
      pen.fillText(m.name, x + 16, y);
      x += 34 + pen.measureText(m.name).width;
    }
    return x;
  }
  pen.fillStyle = variable("--text");
  pen.fillText(key.name, x, y);
  x += pen.measureText(key.name).width + 8;
  pen.fillText(key.low, x, y);
  x += pen.measureText(key.low).width + 6;
  for (let i = 0; i < 110; i++) {
    const o = 3 * Math.round((255 * i) / 109);
    pen.fillStyle = `rgb(${key.table[o]} ${key.table[o + 1]} ${key.table[o + 2]})`;
    pen.fillRect(x + i, y - 9, 1.2, 11);
  }
  pen.fillStyle = variable("--text");
  pen.fillText(key.high, x + 116, y);
  return x + 140 + pen.measureText(key.high).width;
}

/** All lesions side by side onto `to`, twice as fine as the screen where the screen is coarse. */
export function compose(to: HTMLCanvasElement, parts: Shown[], caption: Caption): void {
  const sizes = parts.map((p) => ({ w: p.canvas.clientWidth, h: p.canvas.clientHeight })), ratio = Math.max(1, parts[0].canvas.width / Math.max(1, sizes[0].w));
  // Even numbers of pixels: some encoders of films take no others.
  const even = (x: number) => 2 * Math.ceil(x / 2), width = even(sizes.reduce((s, p) => s + p.w, 0) * ratio), height = even((Math.max(...sizes.map((p) => p.h)) + HEAD + FOOT) * ratio);
  if (to.width !== width || to.height !== height) (to.width = width), (to.height = height);
  const pen = to.getContext("2d")!;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = variable("--ground");
  pen.fillRect(0, 0, width, height);
  let x = 0;
  parts.forEach((p, i) => {
    p.refresh(); // in the same turn of the event loop as the copy: a canvas of WebGL is emptied after it is shown
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(p.canvas, Math.round(x * ratio), Math.round(HEAD * ratio));
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = "600 14px system-ui, sans-serif";
    pen.fillStyle = variable("--text");
    pen.textAlign = "left";
    pen.fillText(`SIMULATED · ${caption.titles[i]}`, x + 12, 22);
    const s = p.scale(), length = s > 0 ? roundLength(150 / s) : 0, y = HEAD + sizes[i].h - 14;
    if (length) {
      pen.fillRect(x + sizes[i].w - 16 - length * s, y, length * s, 3);
      pen.font = "12px system-ui, sans-serif";
      pen.textAlign = "right";
      pen.fillText(um(length), x + sizes[i].w - 16, y - 6);
    }
    x += sizes[i].w;
  });
  pen.font = "12.5px system-ui, sans-serif";
  let left = 12;
  const y = HEAD + Math.max(...sizes.map((p) => p.h)) + 26;
  for (const key of caption.keys) left = drawKey(pen, key, left, y) + 10;
}

export async function savePicture(parts: Shown[], caption: Caption, name: string): Promise<void> {
  const canvas = document.createElement("canvas");
  compose(canvas, parts, caption);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) save(blob, `${name}.png`);
}

const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
export const canRecord = (): boolean => typeof MediaRecorder !== "undefined" && KINDS.some((k) => MediaRecorder.isTypeSupported(k)) && "captureStream" in HTMLCanvasElement.prototype;

/** Records while `next` shows one frame after the other: it answers false after the last. Stops early when `stopped` says so. */
export async function record(next: () => Promise<{ parts: Shown[]; caption: Caption } | false>, speed: number, name: string, stopped: () => boolean): Promise<void> {
  const canvas = document.createElement("canvas"), first = await next();
  if (!first) return;
  compose(canvas, first.parts, first.caption);
  const stream = canvas.captureStream(0), track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
  const recorder = new MediaRecorder(stream, { mimeType: KINDS.find((k) => MediaRecorder.isTypeSupported(k)), videoBitsPerSecond: 12e6 }), pieces: Blob[] = [];
  recorder.ondataavailable = (e) => { if (e.data.size) pieces.push(e.data); };
  const ended = new Promise<void>((done) => { recorder.onstop = () => done(); });
  recorder.start();
  const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
  for (let now: Awaited<ReturnType<typeof next>> = first; now && !stopped(); now = await next()) {
    const began = performance.now();
    compose(canvas, now.parts, now.caption);
    track.requestFrame();
    await wait(Math.max(0, 1000 / speed - (performance.now() - began)));
  }
  track.requestFrame();
  await wait(120);
  recorder.stop();
  await ended;
  track.stop();
  if (pieces.length) save(new Blob(pieces, { type: "video/webm" }), `${name}.webm`);
}
