import { Chart } from './chart';
import { count, dollars, none, percent, rate, span } from './format';
import type { Overview, QuantileColumns, Timeline } from './overview';

function Tile({ name, value, about, tone = '' }: { name: string; value: string; about: string; tone?: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class={`value ${tone}`}>{value}</dd>
      <dd class="about">{about}</dd>
    </div>
  );
}

/** A second, each over the ten seconds up to it, as the percentiles are. */
function rates(counts: number[], { step_ms }: Timeline): number[] {
  return counts.map((_, index) => {
    const reach = counts.slice(Math.max(0, index - 4), index + 1);
    return (reach.reduce((sum, one) => sum + one, 0) * 1000) / (reach.length * step_ms);
  });
}

const fiveMinutes = ({ window }: Overview) => (window.ms < 295_000 ? `last ${Math.max(1, Math.round(window.ms / 1000))} s` : 'last 5 min');

export function Tiles({ overview }: { overview: Overview }) {
  const { window, queue } = overview;
  const errorShare = window.requests ? window.errors / window.requests : null;
  const tokens = overview.usage.reduce((sum, row) => sum + row.tokens_in + row.tokens_out, 0);
  const prices = overview.usage.map((row) => row.cost_usd).filter((cost) => cost !== null);
  const cost = prices.length ? prices.reduce((sum, one) => sum + one, 0) : null;
  const whose = overview.sees_all ? 'since the start' : `of ${overview.tenant}, since the start`;
  return (
    <dl class="tiles">
      <Tile name="Requests" value={`${rate(rates(overview.timeline.requests, overview.timeline).at(-1) ?? 0)}/s`} about={`${count(overview.requests)} since the start`} />
      <Tile
        name="Errors" value={errorShare === null ? none : percent(errorShare)} tone={errorShare && errorShare > 0.05 ? 'bad' : ''}
        about={`${count(window.errors)} of ${count(window.requests)}, ${fiveMinutes(overview)}`}
      />
      <Tile name="Latency p95" value={span(window.duration_ms.p95)} about={`half within ${span(window.duration_ms.p50)}`} />
      <Tile name="First token p95" value={span(window.first_token_ms.p95)} about={`half within ${span(window.first_token_ms.p50)}`} />
      <Tile
        name="In flight" value={count(overview.in_flight)}
        about={`${count(overview.open_streams)} streams, ${count(queue.waiting)} queued`}
      />
      <Tile name="Tokens" value={count(tokens)} about={cost === null ? whose : `${dollars(cost)} ${whose}`} />
    </dl>
  );
}

export function Charts({ overview, repaint }: { overview: Overview; repaint: number }) {
  const { timeline } = overview;
  const times = timeline.requests.map((_, index) => timeline.begin + (index + 1) * timeline.step_ms);
  const quantiles = (columns: QuantileColumns) => [
    { name: 'p99', colour: '--p99', values: columns.p99 },
    { name: 'p95', colour: '--p95', values: columns.p95 },
    { name: 'p50', colour: '--p50', values: columns.p50 },
  ];
  return (
    <div class="charts">
      <Chart
        title="Requests" about="a second" now={overview.now} times={times} format={(value) => `${rate(value)}/s`} repaint={repaint}
        lines={[
          { name: 'all', colour: '--accent', values: rates(timeline.requests, timeline), filled: true },
          { name: 'errors', colour: '--bad', values: rates(timeline.errors, timeline) },
        ]}
      />
      <Chart title="Latency" about="of requests that ended well" now={overview.now} times={times} lines={quantiles(timeline.duration_ms)} format={span} repaint={repaint} />
      <Chart title="First token" about="of streams" now={overview.now} times={times} lines={quantiles(timeline.first_token_ms)} format={span} repaint={repaint} />
    </div>
  );
}
