/* Tables: those beside figures, and those that stand alone. One description gives the table and the CSV. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { words } from "../words";

/** A cell: what is shown, and, where it differs, what a CSV holds. */
export type Cell = string | number | null | { show: ComponentChildren; raw: string | number | null };
export interface TableData {
  columns: { label: string; number?: boolean }[];
  rows: Cell[][];
}

const T = words({
  more: ["show all {n} rows", "显示全部 {n} 行"],
});

const shown = (c: Cell): ComponentChildren => (c !== null && typeof c === "object" ? c.show : c);
const raw = (c: Cell): string | number | null => (c !== null && typeof c === "object" ? c.raw : c);

export function csv(t: TableData): string {
  const one = (x: string | number | null): string => {
    if (x === null || (typeof x === "number" && !Number.isFinite(x))) return "";
    const text = String(x);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [t.columns.map((c) => one(c.label)), ...t.rows.map((r) => r.map((c) => one(raw(c))))].map((r) => r.join(",")).join("\r\n") + "\r\n";
}

const FEW = 30;

export function DataTable({ data, caption, label }: { data: TableData; caption?: ComponentChildren; label?: string }) {
  const [all, setAll] = useState(false);
  const rows = all || data.rows.length <= FEW + 5 ? data.rows : data.rows.slice(0, FEW);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={label ?? (typeof caption === "string" ? caption : data.columns.map((c) => c.label).join(", "))}>
      <table>
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>{data.columns.map((c) => <th scope="col" class={c.number ? "number" : undefined}>{c.label}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr>{r.map((c, i) => (i === 0 ? <th scope="row">{shown(c)}</th> : <td class={data.columns[i]?.number ? "number" : undefined}>{shown(c)}</td>))}</tr>
          ))}
        </tbody>
      </table>
      {rows.length < data.rows.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>{T.more.replace("{n}", String(data.rows.length))}</button>
      )}
    </div>
  );
}
