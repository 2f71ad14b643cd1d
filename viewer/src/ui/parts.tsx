/* Small pieces of text sections. */
import type { ComponentChildren } from "preact";
import { shownArms } from "../select";
import { usePage } from "./context";
import { words } from "../words";

const T = words({
  blank: ["to be stated by the authors", "由作者填写"],
});

/** An arm's name behind its colour. */
export function ArmName({ arm }: { arm: number }) {
  const { model } = usePage();
  // A short name stays on one line with its colour.
  const short = model.arms[arm].length <= 14;
  return <span class={short ? "nowrap" : undefined}><span class="key" style={{ background: model.colour(arm) }} aria-hidden="true" />{model.arms[arm]}</span>;
}

/** A table that may be wider than the page: it scrolls by itself, with the keyboard, too. `least`: px below which its columns are not squeezed. */
export function Wide({ label, children, small, least }: { label: string; children: ComponentChildren; small?: boolean; least?: number }) {
  return <div class={small ? "table small" : "table"} tabIndex={0} role="region" aria-label={label}><table style={least ? { minWidth: `${least}px` } : undefined}>{children}</table></div>;
}

/** Arms that the reader looks at. */
export function useArms(): number[] {
  const { model, view } = usePage();
  return shownArms(model, view);
}

/** What a program cannot know. It stays empty. */
export function Blank() {
  return <span class="blank">[{T.blank}]</span>;
}

/** Names and values, one below the other. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return <dl class="facts">{rows.map(([name, value]) => <div><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
