/* Spheres without triangles: a square for each cell that faces the eye, on which every pixel meets its ray with the sphere. The depth is
 * that of the sphere, so spheres cut each other as they should, and those that a plane cuts show their inside. */
import { DynamicDrawUsage, GLSL3, InstancedBufferAttribute, InstancedBufferGeometry, BufferAttribute, Mesh, ShaderMaterial, Vector3, Vector4, type Matrix4, type PerspectiveCamera } from "three";

const VERTEX = /* glsl */ `
in vec4 cell; // middle and radius
in vec4 tint;
flat out vec3 middle;
flat out float radius;
flat out vec4 colour;
out vec3 point;
void main() {
  middle = (modelViewMatrix * vec4(cell.xyz, 1.0)).xyz;
  radius = cell.w;
  colour = tint;
  float far = length(middle);
  if (tint.a <= 0.0 || far <= radius * 1.01) { gl_Position = vec4(0.0, 0.0, 2.0, 1.0); point = vec3(0.0); return; }
  vec3 back = -middle / far, right = normalize(cross(vec3(0.0, 1.0, 0.0), back) + vec3(1e-6, 0.0, 0.0)), up = cross(back, right);
  // A ball seen in perspective is wider than its radius.
  float wide = 1.04 * far / sqrt(max(far * far - radius * radius, 1e-4 * far * far));
  point = middle + (position.x * right + position.y * up) * radius * wide;
  gl_Position = projectionMatrix * vec4(point, 1.0);
}`;

const FRAGMENT = /* glsl */ `
precision highp float;
uniform mat4 projectionMatrix;
uniform vec4 cut;      // plane in the eye's space: kept where dot(xyz, p) + w >= 0; xyz = 0: none
uniform vec3 ground;
uniform vec2 haze;     // distances from the eye between which colours fade a little towards the ground
uniform float blend;   // 1: see-through cells, blended
flat in vec3 middle;
flat in float radius;
flat in vec4 colour;
in vec3 point;
out vec4 pixel;
void main() {
  vec3 ray = normalize(point);
  float near = dot(ray, middle), miss = sqrt(max(dot(middle, middle) - near * near, 0.0));
  float edge = max(fwidth(miss), 1e-6), alpha = clamp((radius - miss) / edge + 0.5, 0.0, 1.0);
  if (alpha <= 0.0) discard;
  float half_chord = sqrt(max(radius * radius - miss * miss, 0.0));
  vec3 p = ray * (near - half_chord), n = (p - middle) / radius;
  vec3 base = colour.rgb;
  float light;
  if (dot(cut.xyz, p) + cut.w < 0.0) {
    // The front is cut away: does the ray reach the plane within the ball, going towards what is kept?
    float along = dot(cut.xyz, ray);
    if (along <= 0.0) discard;
    float t = -cut.w / along;
    if (t > near + half_chord || t < near - half_chord) discard;
    p = ray * t;
    float off = dot(cut.xyz, middle) + cut.w, ring = sqrt(max(radius * radius - off * off, 1e-6));
    float rim = smoothstep(ring - max(0.9, 0.12 * ring), ring, length(p - middle)); // the skin of the cell
    base = mix(mix(base, vec3(1.0), 0.30), base * 0.62, rim);
    light = 1.0;
  } else {
    float lamp = max(dot(n, normalize(vec3(-0.35, 0.55, 0.76))), 0.0), face = max(dot(n, -ray), 0.0);
    light = 0.42 + 0.50 * lamp + 0.14 * face;
    light *= mix(0.62, 1.0, smoothstep(0.0, 0.55, face)); // darker where a ball turns away: neighbours come apart
    base += 0.10 * pow(max(dot(reflect(ray, n), normalize(vec3(-0.35, 0.55, 0.76))), 0.0), 18.0);
  }
  base = mix(base * light, ground, 0.45 * smoothstep(haze.x, haze.y, length(p)));
  vec4 clip = projectionMatrix * vec4(p, 1.0);
  gl_FragDepth = clamp(0.5 * clip.z / clip.w + 0.5, 0.0, 1.0);
  pixel = vec4(base, alpha * mix(1.0, colour.a, blend));
}`;

/** Up to `room` spheres, filled anew for each frame. */
export class Spheres {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>;
  private geometry = new InstancedBufferGeometry();
  private room = 0;
  private place = new Float32Array(0); // x, y, z, r of each, in the order of the film
  private tint = new Uint8Array(0);
  private n = 0;
  private seeThrough = false;
  private cell!: InstancedBufferAttribute;
  private colour!: InstancedBufferAttribute;
  private plane = new Vector4(0, 0, 0, 0); // in the domain's space

  constructor() {
    this.geometry.setAttribute("position", new BufferAttribute(new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0]), 3));
    this.geometry.setIndex([0, 1, 2, 0, 2, 3]);
    this.reserve(1024);
    const uniforms = { cut: { value: new Vector4() }, ground: { value: new Vector3(1, 1, 1) }, haze: { value: [1, 2] }, blend: { value: 0 } };
    const material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms, glslVersion: GLSL3, alphaToCoverage: true });
    this.mesh = new Mesh(this.geometry, material);
    this.mesh.frustumCulled = false;
  }
  private reserve(n: number): void {
    if (n <= this.room) return;
    this.room = Math.ceil(n * 1.25);
    this.cell = new InstancedBufferAttribute(new Float32Array(4 * this.room), 4).setUsage(DynamicDrawUsage);
    this.colour = new InstancedBufferAttribute(new Uint8Array(4 * this.room), 4, true).setUsage(DynamicDrawUsage);
    this.geometry.dispose(); // buffers that are larger are new buffers
    this.geometry.setAttribute("cell", this.cell);
    this.geometry.setAttribute("tint", this.colour);
  }
  /** `place`: x, y, z, r of n cells; `tint`: r, g, b, opacity. Both are kept, not copied. */
  set(n: number, place: Float32Array, tint: Uint8Array): void {
    this.reserve(n);
    Object.assign(this, { n, place, tint, seeThrough: false });
    for (let i = 3; i < 4 * n && !this.seeThrough; i += 4) this.seeThrough = tint[i] > 0 && tint[i] < 255;
    const material = this.mesh.material;
    material.transparent = this.seeThrough;
    material.alphaToCoverage = !this.seeThrough;
    material.uniforms.blend.value = this.seeThrough ? 1 : 0;
    material.needsUpdate = true;
    this.geometry.instanceCount = n;
    if (!this.seeThrough) this.upload(null);
  }
  setCut(plane: Vector4): void {
    this.plane.copy(plane);
  }
  setGround(r: number, g: number, b: number): void {
    (this.mesh.material.uniforms.ground.value as Vector3).set(r / 255, g / 255, b / 255);
  }
  private upload(order: Uint32Array | null): void {
    const { n, place, tint } = this, to = this.cell.array as Float32Array, paint = this.colour.array as Uint8Array;
    if (!order) {
      to.set(place.subarray(0, 4 * n));
      paint.set(tint.subarray(0, 4 * n));
    } else
      for (let k = 0; k < n; k++) {
        const i = 4 * order[k], o = 4 * k;
        for (let c = 0; c < 4; c++) (to[o + c] = place[i + c]), (paint[o + c] = tint[i + c]);
      }
    this.cell.clearUpdateRanges();
    this.colour.clearUpdateRanges();
    this.cell.addUpdateRange(0, 4 * n);
    this.colour.addUpdateRange(0, 4 * n);
    this.cell.needsUpdate = this.colour.needsUpdate = true;
  }
  /** To be called before each drawing: what depends on the eye. `size`: of the domain, um. */
  prepare(camera: PerspectiveCamera, target: Vector3, size: number): void {
    const u = this.mesh.material.uniforms, view: Matrix4 = camera.matrixWorldInverse, at = camera.position.distanceTo(target);
    u.haze.value = [Math.max(1, at - 0.3 * size), at + 0.75 * size];
    const cut = u.cut.value as Vector4, p = this.plane;
    if (p.x === 0 && p.y === 0 && p.z === 0) cut.set(0, 0, 0, 0);
    else {
      // A plane n.x + w = 0 in the eye's space: n turns, and w takes along where the eye stands.
      const n = new Vector3(p.x, p.y, p.z).transformDirection(view), w = p.w + p.x * camera.position.x + p.y * camera.position.y + p.z * camera.position.z;
      cut.set(n.x, n.y, n.z, w);
    }
    if (this.seeThrough) this.upload(backToFront(this.n, this.place, camera));
  }
  dispose(): void {
    this.geometry.dispose();
    this.mesh.material.dispose();
  }
}

/** Indices of spheres, the farthest from the eye first: by counting, in steps of 1/65535 of the range. */
function backToFront(n: number, place: Float32Array, camera: PerspectiveCamera): Uint32Array {
  const d = new Float32Array(n), { x, y, z } = camera.position;
  let low = Infinity, high = 0;
  for (let i = 0; i < n; i++) {
    const dx = place[4 * i] - x, dy = place[4 * i + 1] - y, dz = place[4 * i + 2] - z;
    d[i] = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (d[i] < low) low = d[i];
    if (d[i] > high) high = d[i];
  }
  const scale = high > low ? 65535 / (high - low) : 0, key = new Uint16Array(n), start = new Uint32Array(65537), order = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    key[i] = (high - d[i]) * scale;
    start[key[i] + 1]++;
  }
  for (let k = 0; k < 65536; k++) start[k + 1] += start[k];
  for (let i = 0; i < n; i++) order[start[key[i]]++] = i;
  return order;
}
