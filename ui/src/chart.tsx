import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { clock, none } from './format';
import { Card, Scroll } from './parts';
import { colour } from './theme';

export interface Line {
  name: string;
  /** A custom property. */
  colour: string;
  values: (number | null)[];
  filled?: boolean;
}

const shown = 300_000;
const height = 168;

/** Lines over the last five minutes, or the same numbers as a table. `now` is the gateway's time, as `times` are. */
export function Chart({ title, about, now, times, lines, format, repaint }: {
  title: string; about: string; now: number; times: number[]; lines: Line[]; format: (value: number) => string; repaint: number;
}) {
  const [asTable, setAsTable] = useState(false);
  const [under, setUnder] = useState<number | null>(null);
  const text = (value: number | null | undefined) => (value === null || value === undefined ? none : format(value));
  const at = under !== null && under < times.length ? under : null;
  const valueOf = (line: Line) => (at === null ? line.values.findLast((value) => value !== null) : line.values[at]);
  const label = `${title}: ${lines.map((line) => `${line.name} ${text(valueOf(line))}`).join(', ')}`;
  return (
    <Card
      class="chart"
      title={title}
      about={about}
      side={<button type="button" class="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>Table</button>}
    >
      <div class="legend">
        {lines.map((line) => (
          <span key={line.name}><i class={`swatch ${line.colour.slice(2)}`} />{line.name} <b>{text(valueOf(line))}</b></span>
        ))}
        <span class="when">{at === null ? 'latest' : clock(times[at] ?? 0)}</span>
      </div>
      {asTable
        ? <Numbers title={title} times={times} lines={lines} text={text} />
        : <Plot label={label} now={now} times={times} lines={lines} format={format} repaint={repaint} onPoint={setUnder} />}
    </Card>
  );
}

function Numbers({ title, times, lines, text }: {
  title: string; times: number[]; lines: Line[]; text: (value: number | null | undefined) => string;
}) {
  const rows = times.map((time, index) => ({ time, index })).reverse();
  return (
    <Scroll label={`${title}, as a table`} tall>
      <table>
        <thead><tr><th scope="col">Time</th>{lines.map(({ name }) => <th key={name} scope="col" class="number">{name}</th>)}</tr></thead>
        <tbody>
          {rows.map(({ time, index }) => (
            <tr key={time}><td>{clock(time)}</td>{lines.map(({ name, values }) => <td key={name} class="number">{text(values[index])}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Plot({ label, now, times, lines, format, repaint, onPoint }: {
  label: string; now: number; times: number[]; lines: Line[]; format: (value: number) => string; repaint: number;
  onPoint: (index: number | null) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const end = useRef(now);
  end.current = now;
  const data = [times.map((time) => time / 1000), ...lines.map(({ values }) => values)] as uPlot.AlignedData;

  useEffect(() => {
    if (!place.current) return;
    const element = place.current;
    const made = new uPlot(options(element.clientWidth, () => end.current, lines, format, onPoint), data, element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [repaint]);

  useEffect(() => {
    plot.current?.setData(data);
    const canvas = plot.current?.ctx.canvas;
    canvas?.setAttribute('role', 'img');
    canvas?.setAttribute('aria-label', label);
  });

  return <div class="plot" ref={place} />;
}

function options(
  width: number, end: () => number, lines: Line[], format: (value: number) => string, onPoint: (index: number | null) => void,
): uPlot.Options {
  const axis = { stroke: colour('--muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [(end() - shown) / 1000, end() / 1000] },
      y: { range: (_, __, high) => [0, Math.max(high * 1.15, 1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 70, values: (_, splits) => splits.map((at) => clock(at * 1000).slice(0, 5)), incrs: [60, 120] },
      { ...axis, grid: { stroke: colour('--line'), width: 1 }, size: 58, space: 36, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: colour(line.colour),
        width: 1.75,
        ...(line.filled ? { fill: colour(line.colour).replace('rgb(', 'rgba(').replace(')', ', 0.12)') } : {}),
        points: { show: (self: uPlot, _: number, first: number, end: number) => end - first < 3 && self.data[0].length > 0, size: 4 },
      })),
    ],
    hooks: { setCursor: [(self) => onPoint(self.cursor.idx ?? null)] },
  };
}
