/* A figure's own choice among texts; it stands in the address. */
import { usePage, type Page } from "../ui/context";

export interface Choice {
  key: string;
  name: string;
  group: string;
}
/** The chosen one; the first when nothing, or nothing known, is chosen. */
export function chosenOf(p: Page, figure: string, all: Choice[]): Choice | undefined {
  return all.find((c) => c.key === p.view.pick[figure]) ?? all[0];
}
export function Pick({ figure, label, all }: { figure: string; label: string; all: Choice[] }) {
  const p = usePage(), now = chosenOf(p, figure, all), groups = [...new Set(all.map((c) => c.group))];
  return (
    <div class="beside">
      <label>{label}{" "}
        <select value={now?.key} onChange={(e) => p.change({ pick: { ...p.view.pick, [figure]: e.currentTarget.value } })}>
          {groups.map((g) => <optgroup label={g}>{all.filter((c) => c.group === g).map((c) => <option value={c.key}>{c.name}</option>)}</optgroup>)}
        </select>
      </label>
    </div>
  );
}
