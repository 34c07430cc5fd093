import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { clock, count, dollars, span } from './format';
import { Icon } from './icons';
import { Card, Copyable, Empty, Outcome, Scroll } from './parts';
import type { Overview, Request } from './overview';
import { Waterfall } from './waterfall';

const filters: Record<string, (request: Request) => boolean> = {
  All: () => true,
  Failed: ({ outcome }) => outcome !== 'ok' && outcome !== 'cancelled',
  'More than one attempt': ({ attempts }) => attempts.length > 1,
};
const first = 20;

/** One that runs as it stands. */
export const sampleCall = (model: string) =>
  `curl -N ${new URL('../v1/chat/completions', location.href).href} \\\n` +
  `  -H 'content-type: application/json' \\\n` +
  `  -d '${JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Water finds its way around every stone.' }] })}'`;

export function Requests({ overview, open, toggle }: {
  overview: Overview; open: string | null; toggle: (id: string) => void;
}) {
  const [filter, setFilter] = useState('All');
  const [all, setAll] = useState(false);
  const kept = overview.recent.filter(filters[filter] ?? (() => true));
  const rows = all ? kept : kept.slice(0, first);
  return (
    <Card
      class="requests" title="Recent requests" about="who was tried, what happened, how long; never what was said"
      side={(
        <div class="choices" role="group" aria-label="Which requests">
          {Object.keys(filters).map((name) => (
            <button key={name} type="button" class="small" aria-pressed={filter === name} onClick={() => setFilter(name)}>{name}</button>
          ))}
        </div>
      )}
    >
      {overview.recent.length === 0 ? <NoRequests overview={overview} /> : (
        <>
          <Scroll label="Table of recent requests">
            <table class="rows">
              <thead>
                <tr>
                  <th scope="col">Time</th><th scope="col">Outcome</th><th scope="col">Answered by</th>
                  {overview.sees_all && <th scope="col" class="wide">Tenant</th>}
                  <th scope="col" class="wide">Surface</th>
                  <th scope="col" class="number">Attempts</th><th scope="col" class="number">First token</th>
                  <th scope="col" class="number">Took</th><th scope="col" class="number">Tokens</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((request) => <Row key={request.id + request.at} request={request} tenant={overview.sees_all} open={open === request.id} toggle={toggle} />)}
              </tbody>
            </table>
          </Scroll>
          {rows.length === 0 && <Empty>None of the last {overview.recent.length} requests.</Empty>}
          {kept.length > first && (
            <p class="more"><button type="button" class="small" onClick={() => setAll(!all)}>{all ? `Show ${first}` : `Show all ${kept.length}`}</button></p>
          )}
        </>
      )}
    </Card>
  );
}

function Row({ request, tenant, open, toggle }: {
  request: Request; tenant: boolean; open: boolean; toggle: (id: string) => void;
}) {
  const details = `details-${request.id}`;
  const tokens = request.tokens_in === undefined ? '–' : `${count(request.tokens_in)} → ${count(request.tokens_out ?? 0)}`;
  return (
    <Fragment>
      <tr class={open ? 'open' : ''} onClick={() => toggle(request.id)}>
        <td>
          <button type="button" class="expand" aria-expanded={open} aria-controls={details} onClick={(event) => { event.stopPropagation(); toggle(request.id); }}>
            <Icon shape="chevron" />{clock(request.at)}
          </button>
        </td>
        <td><Outcome outcome={request.outcome} /></td>
        <td class="model">{request.provider ? <><b>{request.provider}</b>/{request.model}</> : '–'}</td>
        {tenant && <td class="wide">{request.tenant || '–'}</td>}
        <td class="wide">{request.surface}</td>
        <td class="number">{request.attempts.length}</td>
        <td class="number">{span(request.first_token_ms)}</td>
        <td class="number">{span(request.duration_ms)}</td>
        <td class="number">{tokens}</td>
      </tr>
      {open && (
        <tr class="details" id={details}>
          <td colSpan={tenant ? 9 : 8}>
            <div class="inner">
              <Waterfall attempts={request.attempts} totalMs={request.duration_ms} firstTokenMs={request.first_token_ms} />
              <dl class="facts">
                <div><dt>Request id</dt><dd><code>{request.id}</code></dd></div>
                <div><dt>Path</dt><dd><code>{request.path}</code></dd></div>
                <div><dt>Status</dt><dd>{request.status || '–'}</dd></div>
                <div><dt>Stream</dt><dd>{request.stream ? 'yes' : 'no'}</dd></div>
                <div><dt>Cost</dt><dd>{dollars(request.cost_usd)}</dd></div>
                {request.estimated && <div><dt>Tokens</dt><dd>estimated: the provider sent no count</dd></div>}
              </dl>
            </div>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function NoRequests({ overview }: { overview: Overview }) {
  const model = overview.routes[0]?.name ?? 'auto';
  return (
    <Empty>
      <p>No request has come yet{overview.sees_all ? '' : ` for the tenant ${overview.tenant}`}. Send one from the <a href="#playground">playground</a>, or from a terminal:</p>
      <Copyable text={sampleCall(model)} label="A call to try" />
    </Empty>
  );
}
