/* The lesion in 3-D, drawn when something has changed: cells, the domain's outline, a slice of a field, a plane that cuts. */
import { BoxGeometry, BufferAttribute, BufferGeometry, Color, DataTexture, DoubleSide, EdgesGeometry, LinearFilter, LineBasicMaterial, LineLoop, LineSegments, Mesh, MeshBasicMaterial, PerspectiveCamera, PlaneGeometry, Raycaster, RGBAFormat, Scene as Space, SRGBColorSpace, Vector2, Vector3, Vector4, WebGLRenderer } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { rgb } from "./colour";
import type { Point, Run } from "./data";
import type { Axis, Plane } from "./state";
import { Spheres } from "./spheres";

export const AXES: readonly Axis[] = ["x", "y", "z"];
const ANGLE = 24; // of sight, degrees: almost parallel, so that sizes can be compared

/** What is drawn beside cells. */
export interface SlicePicture {
  plane: Plane;
  width: number; // of the picture, in voxels
  height: number;
  rgba: Uint8Array;
}
export interface Cut extends Plane {
  flip: boolean;
}

/** Where several scenes look from: what one reader turns, all turn. */
export class Sight {
  azimuth = 35; // degrees
  elevation = 22;
  distance = 0; // um; 0: so that the domain fits
  target: Point = [0, 0, 0];
  private watching = new Set<(by: unknown) => void>();
  watch(f: (by: unknown) => void): () => void {
    this.watching.add(f);
    return () => void this.watching.delete(f);
  }
  tell(by: unknown): void {
    for (const f of this.watching) f(by);
  }
  set(from: number[] | null, by: unknown = null): void {
    if (from) {
      [this.azimuth, this.elevation, this.distance] = from;
      this.target = [from[3], from[4], from[5]];
    } else Object.assign(this, { azimuth: 35, elevation: 22, distance: 0, target: [0, 0, 0] });
    this.tell(by);
  }
  private reaches = new Map<unknown, number>();
  /** What `by` shows reaches so far from its middle, um; 0: it shows nothing any more. */
  fit(by: unknown, far: number): void {
    if (far > 0) this.reaches.set(by, far);
    else this.reaches.delete(by);
    this.tell(null);
  }
  around(): number {
    return Math.max(0, ...this.reaches.values());
  }
  get(): number[] {
    return [this.azimuth, this.elevation, this.distance, ...this.target];
  }
}

export class TissueScene {
  readonly camera = new PerspectiveCamera(ANGLE, 1, 1, 1e5);
  readonly spheres = new Spheres();
  private space = new Space();
  private renderer: WebGLRenderer;
  private controls: OrbitControls;
  private outline: LineSegments<EdgesGeometry, LineBasicMaterial>;
  private frame: LineLoop<BufferGeometry, LineBasicMaterial>;
  private slice: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private planned = 0;
  private low: Point;
  private high: Point;
  private cut: Cut | null = null;
  private forget: () => void;
  drawn: (() => void)[] = []; // called after each drawing

  constructor(readonly canvas: HTMLCanvasElement, run: Run, readonly sight: Sight) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: false, powerPreference: "high-performance" });
    this.low = run.domain.low;
    this.high = run.domain.high;
    const size = this.size(), box = new BoxGeometry(size[0], size[1], size[2]);
    this.outline = new LineSegments(new EdgesGeometry(box), new LineBasicMaterial({ transparent: true, opacity: 0.55 }));
    this.outline.position.set(...this.middle());
    this.frame = new LineLoop(new BufferGeometry().setAttribute("position", new BufferAttribute(new Float32Array(12), 3)), new LineBasicMaterial());
    this.frame.visible = false;
    const flat = new MeshBasicMaterial({ side: DoubleSide, toneMapped: false, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 8 });
    this.slice = new Mesh(new PlaneGeometry(1, 1), flat);
    this.slice.visible = false;
    this.slice.renderOrder = -1;
    this.space.add(this.outline, this.frame, this.slice, this.spheres.mesh);
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, canvas);
    Object.assign(this.controls, { enableDamping: false, enableZoom: false, zoomToCursor: false, rotateSpeed: 0.9 });
    this.controls.addEventListener("change", () => this.turned());
    this.forget = sight.watch((by) => { if (by !== this) this.look(); });
    this.look();
  }
  size(): Point {
    return this.high.map((h, k) => h - this.low[k]) as Point;
  }
  private middle(): Point {
    return this.high.map((h, k) => (h + this.low[k]) / 2) as Point;
  }
  /** Half of the domain's diagonal. */
  reach(): number {
    return Math.hypot(...this.size()) / 2;
  }
  /** How far from the middle the cells reach, um: scenes side by side have one scale. */
  fit(far: number): void {
    this.sight.fit(this, far);
  }
  /** From where all cells are seen. */
  private whole(): number {
    const half = (ANGLE / 2) * (Math.PI / 180), wide = Math.atan(Math.tan(half) * Math.min(1, this.camera.aspect));
    return (1.04 * (this.sight.around() || this.reach())) / Math.sin(wide);
  }
  private silent = false; // the controls tell of a turn that is not the reader's
  private look(): void {
    const s = this.sight, a = (s.azimuth * Math.PI) / 180, e = (Math.min(89.5, Math.max(-89.5, s.elevation)) * Math.PI) / 180, d = s.distance || this.whole();
    this.silent = true;
    this.controls.target.set(...s.target);
    this.camera.position.set(s.target[0] + d * Math.cos(e) * Math.sin(a), s.target[1] - d * Math.cos(e) * Math.cos(a), s.target[2] + d * Math.sin(e));
    this.controls.update();
    this.silent = false;
    this.plan();
  }
  private turned(): void {
    this.plan();
    if (this.silent) return;
    const t = this.controls.target, d = this.camera.position.clone().sub(t), s = this.sight;
    s.distance = Math.abs(d.length() - this.whole()) < 1e-6 * d.length() ? 0 : d.length();
    s.elevation = (Math.asin(d.z / d.length()) * 180) / Math.PI;
    s.azimuth = (Math.atan2(d.x, -d.y) * 180) / Math.PI;
    s.target = [t.x, t.y, t.z];
    s.tell(this);
  }
  /** With the keyboard: degrees, and a factor on the distance. */
  turn(azimuth: number, elevation: number, nearer = 1): void {
    const s = this.sight, d = s.distance || this.whole();
    s.set([s.azimuth + azimuth, Math.min(89, Math.max(-89, s.elevation + elevation)), nearer === 1 ? s.distance : Math.min(20 * this.reach(), Math.max(0.05 * this.reach(), d * nearer)), ...s.target]);
  }
  /** Does the wheel come nearer, or does it scroll the page? */
  wheel(on: boolean): void {
    this.controls.enableZoom = on;
  }
  ended(call: () => void): void {
    this.controls.addEventListener("end", call);
  }
  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio || 1));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / Math.max(1, height);
    this.camera.updateProjectionMatrix();
    this.look();
  }
  colours(ground: string, line: string, mark: string): void {
    const [r, g, b] = rgb(ground);
    this.space.background = new Color().setRGB(r / 255, g / 255, b / 255, SRGBColorSpace);
    this.spheres.setGround(r, g, b);
    this.outline.material.color.set(line);
    this.frame.material.color.set(mark);
    this.plan();
  }
  showBox(yes: boolean): void {
    this.outline.visible = yes;
    this.plan();
  }
  setCut(cut: Cut | null): void {
    this.cut = cut;
    const plane = new Vector4(0, 0, 0, 0);
    if (cut) {
      const k = AXES.indexOf(cut.axis), sign = cut.flip ? 1 : -1; // unflipped: what lies below the plane is kept
      plane.setComponent(k, sign);
      plane.w = -sign * cut.at;
      const corners = this.corners(cut), to = this.frame.geometry.getAttribute("position") as BufferAttribute;
      corners.forEach((c, i) => to.setXYZ(i, ...c));
      to.needsUpdate = true;
      this.frame.geometry.computeBoundingSphere();
    }
    this.frame.visible = cut !== null;
    this.spheres.setCut(plane);
    this.plan();
  }
  private corners(p: Plane): Point[] {
    const k = AXES.indexOf(p.axis), [u, v] = [0, 1, 2].filter((x) => x !== k);
    return [[this.low[u], this.low[v]], [this.high[u], this.low[v]], [this.high[u], this.high[v]], [this.low[u], this.high[v]]].map(([a, b]) => {
      const c: Point = [0, 0, 0];
      c[k] = p.at;
      c[u] = a;
      c[v] = b;
      return c;
    });
  }
  setSlice(s: SlicePicture | null): void {
    this.slice.visible = s !== null;
    if (s) {
      const old = this.slice.material.map, t = new DataTexture(s.rgba, s.width, s.height, RGBAFormat);
      t.colorSpace = SRGBColorSpace;
      t.minFilter = t.magFilter = LinearFilter;
      t.needsUpdate = true;
      this.slice.material.map = t;
      this.slice.material.needsUpdate = true;
      old?.dispose();
      const [a, b, c, d] = this.corners(s.plane), place = this.slice.geometry.getAttribute("position") as BufferAttribute;
      [d, c, a, b].forEach((p, i) => place.setXYZ(i, ...p)); // of a PlaneGeometry: upper left, upper right, lower left, lower right
      place.needsUpdate = true;
      this.slice.geometry.computeBoundingSphere();
    }
    this.plan();
  }
  plan(): void {
    this.planned ||= requestAnimationFrame(() => this.draw());
  }
  draw(): void {
    cancelAnimationFrame(this.planned);
    this.planned = 0;
    const at = this.camera.position.distanceTo(this.controls.target), reach = this.reach() + this.controls.target.distanceTo(new Vector3(...this.middle()));
    this.camera.near = Math.max(0.5, at - 1.1 * reach);
    this.camera.far = at + 1.1 * reach;
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld();
    this.spheres.prepare(this.camera, this.controls.target, 2 * this.reach());
    this.renderer.render(this.space, this.camera);
    for (const call of this.drawn) call();
  }
  /** Where a place is on the canvas, CSS pixels; `scale`: pixels of 1 um there. */
  project(p: Point): { x: number; y: number; scale: number } {
    const v = new Vector3(...p), box = this.canvas.getBoundingClientRect(), d = v.clone().applyMatrix4(this.camera.matrixWorldInverse).z;
    v.project(this.camera);
    return { x: ((v.x + 1) / 2) * box.width, y: ((1 - v.y) / 2) * box.height, scale: box.height / 2 / Math.tan((ANGLE / 2) * (Math.PI / 180)) / Math.max(1e-6, -d) };
  }
  /** Pixels of 1 um at the point around which the scene turns. */
  scale(): number {
    const t = this.controls.target;
    return this.project([t.x, t.y, t.z]).scale;
  }
  /** The ray through a pixel of the canvas (CSS pixels): from, direction. */
  ray(x: number, y: number): { from: Vector3; to: Vector3 } {
    const box = this.canvas.getBoundingClientRect(), r = new Raycaster();
    r.setFromCamera(new Vector2((x / box.width) * 2 - 1, 1 - (y / box.height) * 2), this.camera);
    return { from: r.ray.origin, to: r.ray.direction };
  }
  /** Is a place cut away? */
  away(p: Point): boolean {
    const c = this.cut;
    return c !== null && (c.flip ? p[AXES.indexOf(c.axis)] < c.at : p[AXES.indexOf(c.axis)] > c.at);
  }
  dispose(): void {
    cancelAnimationFrame(this.planned);
    this.forget();
    this.sight.fit(this, 0);
    this.controls.dispose();
    this.spheres.dispose();
    this.slice.material.map?.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
