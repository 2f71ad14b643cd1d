import { describe, expect, it } from "vitest";
import { lightness, MAPS, rgb, STATE_COLOURS, tableOf, typeColours, type MapName } from "../../src/tissue/colour";
import { attributeValue, fieldAt, Film, inflate, unpackCells } from "../../src/tissue/decode";
import { roundLength, time } from "../../src/tissue/format";
import { discs, fieldScale, meet, meetPlane, slicePicture, tints } from "../../src/tissue/paint";
import { attributeProfile, centroid, densityProfile, depths, fieldProfile, radiusOf, shellVolumes } from "../../src/tissue/profile";
import { formatView, initialView, parseView, within } from "../../src/tissue/state";
import { overSeeds } from "../../src/tissue/study";
import type { Point, Run } from "../../src/tissue/data";
import { ATTRIBUTES, chance, HIGH, LOW, madeRun, madeStudy, packFields, packFrame, type Cell } from "../made/tissue";

const cell = (at: Point, r = 5, type = 0, state = 0, bytes = [0, 0]): Cell => ({ at, r, type, state, bytes });
const run = (film: Run["film"]): Run => ({ ...madeRun("small", 1, 0.1, 20), film });
async function cells(list: Cell[], total = list.length) {
  const frame = packFrame(60, list, 2, total);
  return unpackCells(await inflate(frame.data), frame, run([]));
}
/** Places spread evenly in a ball. */
function ball(n: number, radius: number, seed = 3): Point[] {
  const draw = chance(seed), out: Point[] = [];
  while (out.length < n) {
    const p = [0, 1, 2].map(() => radius * (2 * draw() - 1)) as Point;
    if (Math.hypot(...p) < radius) out.push(p);
  }
  return out;
}

describe("a frame", () => {
  it("comes back as it was, to the rounding that the contract gives", async () => {
    const c = await cells([cell([-350, 350, 12.3], 8.41, 0, 0, [7, 0]), cell([1, -2, 3], 5.2, 1, 3, [255, 128])]);
    expect([...c.x]).toEqual([-350, expect.closeTo(1, 1.5)]);
    expect(Math.abs(c.x[1] - 1)).toBeLessThan(700 / 65535);
    expect(c.y[0]).toBe(350);
    expect(Math.abs(c.z[0] - 12.3)).toBeLessThan(700 / 65535);
    expect([...c.r]).toEqual([8.375, 5.25]);
    expect([[...c.type], [...c.state], [...c.attribute[0]], [...c.attribute[1]]]).toEqual([[0, 1], [0, 3], [7, 255], [0, 128]]);
  });
  it("that is cut short is refused with both lengths", async () => {
    const frame = packFrame(60, [cell([0, 0, 0])]);
    const bytes = await inflate(frame.data);
    expect(() => unpackCells(bytes.subarray(1), frame, run([]))).toThrow("has 10 bytes, expected 11 for 1 cells");
  });
  it("gives values of attributes on straight and logarithmic scales", () => {
    expect(attributeValue(ATTRIBUTES[0], 200)).toBe(200);
    expect(attributeValue(ATTRIBUTES[1], 0)).toBe(100);
    expect(attributeValue(ATTRIBUTES[1], 255)).toBeCloseTo(1e6, 6);
    expect(attributeValue(ATTRIBUTES[1], 127.5)).toBeCloseTo(1e4, 6);
  });
  it("has fields by place, to half a step of a byte, and nothing outside of the domain", async () => {
    const film = new Film(run([{ ...packFrame(0, [cell([0, 0, 0])]), fields: packFields([7, 5, 4], [0, 38], (p) => 19 + p[0] / 20) }])), { grid } = await film.frame(0);
    expect(fieldAt(grid!, 0, [-250, 10, 10])).toBeCloseTo(19 - 200 / 20, 0);
    expect(fieldAt(grid!, 0, HIGH)).toBeCloseTo(19 + 300 / 20, 0);
    expect(fieldAt(grid!, 0, [351, 0, 0])).toBeNull();
  });
  it("is found by time, and kept", async () => {
    const film = new Film(run([0, 60, 120].map((m) => packFrame(m, [cell([m, 0, 0])]))));
    expect([film.nearest(-5), film.nearest(29), film.nearest(31), film.nearest(1e300)]).toEqual([0, 0, 1, 2]);
    expect(film.peek(1)).toBeNull();
    const one = await film.frame(1);
    expect(film.peek(1)?.cells).toBe(one.cells);
    expect(await film.extent()).toBeCloseTo(125, 1);
  });
});

describe("profiles", () => {
  it("measure shells exactly within the domain, and to 1 % where its borders cut them", () => {
    const v = shellVolumes([0, 0, 0], 20, LOW, HIGH);
    expect(v[3]).toBeCloseTo((4 / 3) * Math.PI * 8000 * (64 - 27), 6);
    expect(v.reduce((s, x) => s + x, 0) / 700 ** 3).toBeCloseTo(1, 2);
    // Around a corner an eighth of each ball lies within.
    const corner = shellVolumes(LOW, 100, LOW, HIGH);
    expect(corner[4] / ((4 / 3) * Math.PI * 1e6 * (125 - 64) / 8)).toBeCloseTo(1, 1);
  });
  it("give the density of a ball of evenly spread cells, also of a thinned frame", async () => {
    const c = await cells(ball(20000, 199.9).map((p) => cell(p)), 40000), volumes = shellVolumes([0, 0, 0], 50, LOW, HIGH), density = 40000 / ((4 / 3) * Math.PI * 0.2 ** 3);
    const bins = densityProfile(c, 0, true, [0, 0, 0], 50, volumes);
    for (const b of bins.slice(1, 4)) expect(Math.abs(b.value! / density - 1)).toBeLessThan(0.06);
    expect(bins.slice(4).every((b) => b.n === 0)).toBe(true);
    expect(bins.reduce((s, b) => s + b.n, 0)).toBe(20000);
  });
  it("give means of attributes of the living that are shown, and of fields", async () => {
    const c = await cells([cell([10, 0, 0], 5, 0, 0, [10, 0]), cell([0, 12, 0], 5, 1, 0, [30, 0]), cell([0, 0, 30], 5, 0, 0, [50, 0]), cell([0, 0, 5], 5, 0, 1, [99, 0])]);
    expect(attributeProfile(c, ATTRIBUTES[0], 0, () => true, [0, 0, 0], 20, 3).map((b) => [b.n, b.value])).toEqual([[2, 20], [1, 50], [0, null]]);
    expect(attributeProfile(c, ATTRIBUTES[0], 0, (t) => t === 1, [0, 0, 0], 20, 1)[0]).toMatchObject({ n: 1, value: 30 });
    const film = new Film(run([{ ...packFrame(0, []), fields: packFields([35, 35, 35], [0, 400], (p) => Math.hypot(...p) / 2) }])), { grid } = await film.frame(0);
    for (const b of fieldProfile(grid!, 0, [0, 0, 0], 50, 6).slice(1)) expect(Math.abs(b.value! - (b.low + b.high) / 4)).toBeLessThan(2.5);
  });
  it("begin at the middle of the living, and know how deep killers are", async () => {
    const c = await cells([cell([90, 0, 0]), cell([110, 0, 0]), cell([-300, 0, 0], 5, 0, 3), cell([100, 30, 0], 5, 1), cell([100, 0, 210], 5, 1)]);
    const o = centroid(c, 0)!;
    expect(o[0]).toBeCloseTo(100, 1);
    expect(centroid(c, 7)).toBeNull();
    expect(radiusOf(c, 0, o, 0.5)).toBeCloseTo(10, 1);
    expect(depths(c, (t) => t === 1, o, 50).map((d) => Math.round(d.depth))).toEqual([20, -160]);
  });
});

describe("colours", () => {
  it("of maps grow lighter all the way", () => {
    for (const name of Object.keys(MAPS) as MapName[]) {
      const t = tableOf(name), l = Array.from({ length: 256 }, (_, i) => lightness([t[3 * i], t[3 * i + 1], t[3 * i + 2]]));
      expect(t.length).toBe(768);
      for (let i = 4; i < 256; i += 4) expect(l[i], `${name} ${i}`).toBeGreaterThan(l[i - 4] - 0.3);
      expect(l[255] - l[0]).toBeGreaterThan(60);
    }
  });
  it("of types differ, are seen on both grounds, and tell killers apart", () => {
    const contrast = (a: string, b: string) => {
      const y = (x: string) => { const l = lightness(rgb(x)); return l > 8 ? ((l + 16) / 116) ** 3 : l / 903.3; }, [p, q] = [y(a), y(b)].sort((m, n) => n - m);
      return (p + 0.05) / (q + 0.05);
    };
    const all = typeColours({ types: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({ name: String(i), killer: i > 3 })) });
    expect(new Set(all).size).toBe(8);
    for (const c of [...all, ...STATE_COLOURS]) for (const ground of ["#ffffff", "#16181b"]) expect(contrast(c, ground), `${c} on ${ground}`).toBeGreaterThan(3);
  });
  it("are those of the choice; what is not shown has opacity 0", async () => {
    const c = await cells([cell([0, 0, 0], 5, 0, 0, [255, 0]), cell([9, 0, 0], 5, 1, 0), cell([0, 9, 0], 5, 0, 1)]), r = run([]), v = initialView([]);
    const of = (part: object) => tints(r, c, { ...v, ...part });
    expect([...of({}).subarray(0, 4)]).toEqual([...rgb(typeColours(r)[0]), 255]);
    expect([...of({ opacity: [1, 0] })].filter((_, i) => i % 4 === 3)).toEqual([255, 0, 255]);
    expect([...of({ dead: false })].filter((_, i) => i % 4 === 3)).toEqual([255, 255, 0]);
    expect([...of({ colour: "state" }).subarray(8, 11)]).toEqual(rgb(STATE_COLOURS[1]));
    expect([...of({ colour: "a.granules", map: "cividis" }).subarray(0, 3)]).toEqual([...tableOf("cividis").subarray(765)]);
  });
  it("of an attribute are grey for types that have none of it", async () => {
    const film = new Film(run([packFrame(0, [cell([0, 0, 0], 5, 0, 0, [0, 0]), cell([9, 0, 0], 5, 1, 0, [9, 0])])])), { cells: c } = await film.frame(0);
    expect([film.carries(0, 0), film.carries(0, 1), film.carries(1, 1)]).toEqual([false, true, false]);
    const painted = tints(film.run, c, { ...initialView([]), colour: "a.granules" }, (k, t) => film.carries(k, t));
    expect([...painted.subarray(0, 3)]).toEqual([138, 138, 138]);
    expect([...painted.subarray(4, 7)]).toEqual([...tableOf("viridis").subarray(27, 30)]);
  });
  it("of a slice mean the same in every frame", async () => {
    const film = new Film(run([{ ...packFrame(0, []), fields: packFields([4, 3, 2], [0, 10], () => 10) }, { ...packFrame(60, []), fields: packFields([4, 3, 2], [0, 20], () => 10) }]));
    const [a, b] = [await film.frame(0), await film.frame(1)], scale = fieldScale(film.run, 0), plane = { axis: "y" as const, at: 0 };
    expect(scale).toEqual([0, 20]);
    expect(slicePicture(a.grid!, 0, plane, scale)).toEqual(slicePicture(b.grid!, 0, plane, scale));
    expect(slicePicture(a.grid!, 0, plane, scale)).toMatchObject({ width: 4, height: 2 });
  });
});

describe("the pointer", () => {
  it("meets the nearest cell, none that is hidden, and one behind the cut on the cut", async () => {
    const c = await cells([cell([0, 0, 100], 10), cell([0, 0, 0], 10)]), from: Point = [0, 0, 300], to: Point = [0, 0, -1], all = () => true, nothing = () => false;
    expect(meet(c, from, to, all, nothing)).toEqual({ cell: 0, far: expect.closeTo(190, 1) });
    expect(meet(c, from, to, (i) => i === 1, nothing).cell).toBe(1);
    expect(meet(c, from, to, all, (p) => p[2] > 3)).toEqual({ cell: 1, far: expect.closeTo(297, 1) });
    expect(meet(c, from, to, all, (p) => p[2] > -20).cell).toBe(-1);
    expect(meetPlane({ axis: "z", at: 50 }, from, to, LOW, HIGH)).toEqual({ place: [0, 0, 50], far: 250 });
    expect(meetPlane({ axis: "x", at: 50 }, from, to, LOW, HIGH)).toBeNull();
    expect(discs(c, { axis: "z", at: 6 }, all).map((d) => [d.cell, Math.round(d.r)])).toEqual([[1, 8]]);
  });
});

describe("the address", () => {
  it("brings every choice back", () => {
    const v = { ...initialView([]), language: "zh" as const, theme: "dark" as const, run: 2, other: 1, minute: 360, colour: "a.PD-L1 & co", map: "cividis" as const, opacity: [0.25, 0], dead: false, box: false, clip: { axis: "y" as const, at: -12.5, flip: true }, slice: { substance: 1, axis: "z" as const, at: 40 }, camera: [10, -20, 900, 1, 2, 3], profile: "f.oxygen", centre: 1, outcome: "kills" };
    expect(parseView(formatView(v, []), [])).toEqual(v);
    expect(formatView(initialView(["zh-CN"]), ["zh-CN"])).toBe("");
  });
  it("passes over nonsense", () => {
    expect(parseView("run=-1&minute=x&colour=type&opacity=~~&clip=w~3&slice=1~x&camera=1~2~3~4~5~NaN&map=constructor&centre=1e3", [])).toEqual(initialView([]));
  });
});

describe("planes", () => {
  it("of an address lie within the domain, and fields are of substances that are there", () => {
    const r = madeRun("small", 1, 0.1, 20), v = parseView("clip=z~999&slice=0~x~-999", []);
    expect(within(v, r)).toMatchObject({ clip: { at: 350 }, slice: { at: -350 } });
    expect(within(parseView("slice=7~x~0", []), r).slice).toBeNull();
    const fine = parseView("clip=z~1&slice=0~x~2", []);
    expect(within(fine, r)).toBe(fine);
  });
});

describe("a study", () => {
  it("has mean and range over seeds at each moment", () => {
    const { study } = madeStudy(20), points = overSeeds(study!, "kills", "thawed");
    expect(points.length).toBe(25);
    expect(points[24]).toEqual({ minute: 1440, mean: 2 * 1440 * 0.4 + 20, low: 1152, high: 1192 });
    study!.series[3].value[24] = null;
    expect(overSeeds(study!, "kills", "thawed")[24].low).toBe(1172);
  });
});

describe("texts", () => {
  it("tell times and lengths shortly", () => {
    expect([time(0), time(45.5), time(90), time(1440), time(4320 + 60), time(2880.5)]).toEqual(["0 min", "45.5 min", "1 h 30 min", "24 h", "3 d 1 h", "48 h 0.5 min"]);
    expect([roundLength(151), roundLength(99), roundLength(20), roundLength(0.7)]).toEqual([100, 50, 20, 0.5]);
  });
});
