/* Pictures and films of the lesion as files. Every picture says that it is simulated, of what, when, what colours mean and how long a length is:
 * it leaves the page that says so. */
import { save } from "../ui/download";
import { roundLength, um } from "./format";
import type { Shown } from "./lesion";

/** What a legend shows: marks with names, or a scale of colours. */
export type Key = { marks: { colour: string; name: string }[] } | { table: Uint8Array; name: string; low: string; high: string };
export interface Caption {
  titles: { when: string; name: string }[]; // of each lesion
  keys: Key[];
}
const HEAD = 48, LINE = 22; // above each lesion; of a line of the legend

const variable = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A mark with its name, or a scale of colours: pieces that stay together on a line. */
interface Piece {
  width: number;
  draw: (x: number, y: number) => void;
}
function piecesOf(pen: CanvasRenderingContext2D, keys: Key[]): Piece[] {
  const wide = (text: string) => pen.measureText(text).width, ink = variable("--text");
  const write = (text: string, x: number, y: number) => { pen.fillStyle = ink; pen.fillText(text, x, y); };
  return keys.flatMap((key): Piece[] => {
    if ("marks" in key) return key.marks.map((m) => ({ width: 34 + wide(m.name), draw: (x, y) => { pen.fillStyle = m.colour; pen.fillRect(x, y - 9, 11, 11); write(m.name, x + 16, y); } }));
    const from = wide(key.name) + 8, ramp = from + wide(key.low) + 6, to = ramp + 116;
    return [{
      width: to + wide(key.high) + 26,
      draw: (x, y) => {
        write(key.name, x, y);
        write(key.low, x + from, y);
        for (let i = 0; i < 110; i++) {
          const o = 3 * Math.round((255 * i) / 109);
          pen.fillStyle = `rgb(${key.table[o]} ${key.table[o + 1]} ${key.table[o + 2]})`;
          pen.fillRect(x + ramp + i, y - 9, 1.2, 11);
        }
        write(key.high, x + to, y);
      },
    }];
  });
}
/** Pieces in lines of at most `width`. */
function linesOf(pieces: Piece[], width: number): Piece[][] {
  const lines: Piece[][] = [[]];
  let used = 0;
  for (const p of pieces) {
    if (used + p.width > width && used > 0) lines.push([]), (used = 0);
    lines[lines.length - 1].push(p);
    used += p.width;
  }
  return lines;
}
/** As much of a text as has room. */
function cutTo(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 1 && pen.measureText(`${text.slice(0, n)}…`).width > width) n--;
  return `${text.slice(0, n)}…`;
}

function drawPart(pen: CanvasRenderingContext2D, p: Shown, title: Caption["titles"][number], x: number, ratio: number): void {
  const width = p.canvas.clientWidth, height = p.canvas.clientHeight;
  p.refresh(); // in the same turn of the event loop as the copy: a canvas of WebGL is emptied after it is shown
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(p.canvas, Math.round(x * ratio), Math.round(HEAD * ratio));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = variable("--text");
  pen.textAlign = "left";
  pen.font = "600 14px system-ui, sans-serif";
  pen.fillText(`SIMULATED · ${title.when}`, x + 12, 20);
  pen.font = "13px system-ui, sans-serif";
  pen.fillText(cutTo(pen, title.name, width - 24), x + 12, 39);
  const s = p.scale(), length = s > 0 ? roundLength(150 / s) : 0, y = HEAD + height - 14;
  if (!length) return;
  pen.fillRect(x + width - 16 - length * s, y, length * s, 3);
  pen.font = "12px system-ui, sans-serif";
  pen.textAlign = "right";
  pen.fillText(um(length), x + width - 16, y - 6);
}

/** All lesions side by side onto `to`, as fine as on the screen. */
export function compose(to: HTMLCanvasElement, parts: Shown[], caption: Caption): void {
  const sizes = parts.map((p) => ({ w: p.canvas.clientWidth, h: p.canvas.clientHeight })), ratio = Math.max(1, parts[0].canvas.width / Math.max(1, sizes[0].w));
  const pen = to.getContext("2d")!, wide = sizes.reduce((s, p) => s + p.w, 0), tall = Math.max(...sizes.map((p) => p.h)), font = "12.5px system-ui, sans-serif";
  pen.font = font;
  const lines = linesOf(piecesOf(pen, caption.keys), wide - 20);
  // Even numbers of pixels: some encoders of films take no others.
  const even = (x: number) => 2 * Math.ceil(x / 2), width = even(wide * ratio), height = even((tall + HEAD + 14 + LINE * lines.length) * ratio);
  if (to.width !== width || to.height !== height) (to.width = width), (to.height = height);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = variable("--ground");
  pen.fillRect(0, 0, width, height);
  let x = 0;
  parts.forEach((p, i) => {
    drawPart(pen, p, caption.titles[i], x, ratio);
    x += sizes[i].w;
  });
  pen.font = font;
  pen.textAlign = "left";
  lines.forEach((line, row) => {
    let left = 12;
    for (const piece of line) {
      piece.draw(left, HEAD + tall + 20 + LINE * row);
      left += piece.width;
    }
  });
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
