/* What is drawn, and how: beside the lesion. The names of types are its legend. */
import type { ComponentChildren } from "preact";
import { significant, unitText } from "../format";
import { fill, words } from "../words";
import { gradient, MAPS, STATE_COLOURS, type MapName } from "./colour";
import { countsRow, useTissue } from "./context";
import { Counted } from "./counted";
import { STATES, type Point } from "./data";
import { attributeValue } from "./decode";
import { um } from "./format";
import { attributeOf, FIELD_MAP, fieldScale } from "./paint";
import { AXES, type Sight } from "./scene";
import { opacityOf, type Axis } from "./state";
import { STATE_NAMES } from "./statenames";

const T = words({
  cells: ["Cells", "细胞"],
  colour: ["Colour by", "着色依据"],
  type: ["type", "类型"],
  state: ["state", "状态"],
  map: ["Colours", "色图"],
  opacity: ["Opacity of {name}", "{name} 的不透明度"],
  dead: ["dead cells", "死亡细胞"],
  darker: ["Dead cells are darker.", "死亡细胞颜色较深。"],
  box: ["outline of the domain", "区域边框"],
  cut: ["Cut", "剖切"],
  plane: ["Plane", "平面"],
  none: ["none", "无"],
  across: ["across {axis}", "垂直于 {axis}"],
  where: ["{what}: place along {axis}", "{what}：沿 {axis} 的位置"],
  flip: ["Other side", "另一侧"],
  field: ["Field", "场"],
  substance: ["Substance", "物质"],
  with: ["Into the cut", "移到剖切面"],
  view: ["View", "视角"],
  reset: ["Reset", "复位"],
  along: ["Look along {axis}", "沿 {axis} 观察"],
  grey: ["Grey: {names}, who have none of it.", "灰色：不带有此属性的 {names}。"],
  log: ["logarithmic", "对数"],
});

const LOOKS: Record<Axis, [number, number]> = { x: [90, 0], y: [0, 0], z: [0, 89.5] };

/** A scale of colours with its ends. */
export function Bar({ map, low, high, unit, note }: { map: MapName; low: number; high: number; unit: string; note?: string }) {
  const ends = `${significant(low)} ${unitText(unit)}`.trim(), last = `${significant(high)} ${unitText(unit)}`.trim();
  return <div class="bar"><span class="ramp" style={{ background: gradient(map) }} aria-hidden="true" /><span class="ends"><span>{ends}</span>{note && <span>{note}</span>}<span>{last}</span></span></div>;
}

function Types() {
  const { view, change, lesion, beside } = useTissue(), row = countsRow(lesion.run, lesion.run.film[lesion.frame]?.minute ?? 0);
  const set = (t: number, x: number) => {
    const all = lesion.run.types.map((_, i) => opacityOf(view, i));
    all[t] = x;
    while (all.length && all[all.length - 1] === 1) all.pop();
    change({ opacity: all });
  };
  return (
    <ul class="types">
      {lesion.run.types.map((type, t) => {
        const x = opacityOf(view, t);
        return (
          <li>
            <label><input type="checkbox" checked={x > 0} onChange={() => set(t, x > 0 ? 0 : 1)} />{view.colour === "type" && <span class="key round" style={{ background: lesion.colours[t] }} aria-hidden="true" />}{type.name} {!beside && <small><Counted lesion={lesion} column={`${type.name}.alive`} row={row} /></small>}</label>
            <input type="range" min="0" max="100" step="5" value={Math.round(100 * x)} aria-label={fill(T.opacity, { name: type.name })} onInput={(e) => set(t, Number(e.currentTarget.value) / 100)} />
          </li>
        );
      })}
    </ul>
  );
}

function Colours() {
  const { view, change, lesion } = useTissue(), k = attributeOf(lesion.run, view.colour), a = lesion.run.attributes[k];
  const without = a && lesion.cells ? lesion.run.types.filter((_, t) => !lesion.film.carries(k, t)).map((t) => t.name) : [];
  return (
    <>
      <label class="line">{T.colour}
        <select value={k >= 0 || view.colour === "state" ? view.colour : "type"} onChange={(e) => change({ colour: e.currentTarget.value })}>
          <option value="type">{T.type}</option><option value="state">{T.state}</option>
          {lesion.run.attributes.map((x) => <option value={`a.${x.name}`}>{x.name}</option>)}
        </select>
      </label>
      {a && (
        <>
          <Bar map={view.map} low={attributeValue(a, 0)} high={attributeValue(a, 255)} unit={a.unit} note={a.log ? T.log : undefined} />
          {without.length > 0 && <p class="note">{fill(T.grey, { names: without.join(", ") })}</p>}
          <label class="line">{T.map}<select value={view.map} onChange={(e) => change({ map: e.currentTarget.value as MapName })}>{Object.keys(MAPS).map((m) => <option value={m}>{m}</option>)}</select></label>
        </>
      )}
      {view.colour === "state" && <ul class="states">{STATES.map((s, i) => <li><span class="key round" style={{ background: STATE_COLOURS[i] }} aria-hidden="true" />{STATE_NAMES[s]}</li>)}</ul>}
    </>
  );
}

/** A place along an axis, dragged. */
function Place({ what, axis, at, set }: { what: string; axis: Axis; at: number; set: (at: number) => void }) {
  const { low, high } = useTissue().lesion.run.domain, k = AXES.indexOf(axis);
  return (
    <span class="line"><input type="range" min={low[k]} max={high[k]} step={(high[k] - low[k]) / 200} value={at} aria-label={fill(T.where, { what, axis })} aria-valuetext={um(Math.round(at))} onInput={(e) => set(Number(e.currentTarget.value))} /><output>{um(Math.round(at))}</output></span>
  );
}

const middle = (low: Point, high: Point, axis: Axis): number => (low[AXES.indexOf(axis)] + high[AXES.indexOf(axis)]) / 2;

function AxisChoice({ label, value, none, set }: { label: string; value: Axis | ""; none: boolean; set: (axis: Axis | "") => void }) {
  return (
    <label class="line">{label}
      <select value={value} onChange={(e) => set(e.currentTarget.value as Axis | "")}>{none && <option value="">{T.none}</option>}{AXES.map((a) => <option value={a}>{fill(T.across, { axis: a })}</option>)}</select>
    </label>
  );
}

function CutChoice() {
  const { view, change, lesion } = useTissue(), { low, high } = lesion.run.domain;
  const set = (axis: Axis | "") => change({ clip: axis === "" ? null : { axis, at: middle(low, high, axis), flip: view.clip?.flip ?? false } });
  return (
    <Group title={T.cut}>
      <AxisChoice label={T.plane} value={view.clip?.axis ?? ""} none set={set} />
      {view.clip && <Place what={T.cut} axis={view.clip.axis} at={view.clip.at} set={(at) => change({ clip: { ...view.clip!, at } })} />}
      {view.clip && <button type="button" aria-pressed={view.clip.flip} onClick={() => change({ clip: { ...view.clip!, flip: !view.clip!.flip } })}>{T.flip}</button>}
    </Group>
  );
}

function FieldChoice() {
  const { view, change, lesion } = useTissue(), { low, high } = lesion.run.domain, { substances, film } = lesion.run, s = view.slice;
  if (!substances.length || !film.some((f) => f.fields)) return null;
  const start = view.clip ?? { axis: "z" as Axis, at: middle(low, high, "z") };
  const scale = s && s.substance < substances.length ? fieldScale(lesion.run, s.substance) : null;
  return (
    <Group title={T.field}>
      <label class="line">{T.substance}
        <select value={s ? String(s.substance) : ""} onChange={(e) => change({ slice: e.currentTarget.value === "" ? null : { axis: s?.axis ?? start.axis, at: s?.at ?? start.at, substance: Number(e.currentTarget.value) } })}>
          <option value="">{T.none}</option>{substances.map((x, i) => <option value={String(i)}>{x.name}</option>)}
        </select>
      </label>
      {s && scale && (
        <>
          <Bar map={FIELD_MAP} low={scale[0]} high={scale[1]} unit={substances[s.substance].unit} />
          <AxisChoice label={T.plane} value={s.axis} none={false} set={(axis) => change({ slice: { ...s, axis: axis as Axis, at: middle(low, high, axis as Axis) } })} />
          <Place what={T.field} axis={s.axis} at={s.at} set={(at) => change({ slice: { ...s, at } })} />
          {view.clip && (s.axis !== view.clip.axis || s.at !== view.clip.at) && <button type="button" onClick={() => change({ slice: { ...s, axis: view.clip!.axis, at: view.clip!.at } })}>{T.with}</button>}
        </>
      )}
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return <fieldset><legend>{title}</legend>{children}</fieldset>;
}

export function Controls({ sight, flat }: { sight: Sight; flat: boolean }) {
  const { view, change } = useTissue();
  const look = (axis: Axis) => {
    const s = sight.get();
    sight.set([...LOOKS[axis], ...s.slice(2)]);
    change({ camera: sight.get() });
  };
  return (
    <div class="controls">
      <Group title={T.cells}>
        <Types />
        <Colours />
        <label><input type="checkbox" checked={view.dead} onChange={() => change({ dead: !view.dead })} />{T.dead}</label>
        {view.colour === "type" && view.dead && <p class="note">{T.darker}</p>}
      </Group>
      <CutChoice />
      <FieldChoice />
      {!flat && (
        <Group title={T.view}>
          <span class="line buttons">
            <button type="button" onClick={() => { sight.set(null); change({ camera: null }); }}>{T.reset}</button>
            {AXES.map((a) => <button type="button" aria-label={fill(T.along, { axis: a })} title={fill(T.along, { axis: a })} onClick={() => look(a)}>{a}</button>)}
          </span>
          <label><input type="checkbox" checked={view.box} onChange={() => change({ box: !view.box })} />{T.box}</label>
        </Group>
      )}
    </div>
  );
}
