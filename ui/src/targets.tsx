import { useState } from 'preact/hooks';
import { ago, count, percent, span, words } from './format';
import { Badge, Card, Scroll } from './parts';
import type { Overview, Route, Target } from './overview';

function Health({ target }: { target: Target }) {
  if (!target.usable) return <Badge tone="quiet" shape="gone">no key</Badge>;
  if (target.breaker === 'open')
    return <Badge tone="bad" shape="bad">open{target.retry_after_ms > 0 && `, ${span(target.retry_after_ms)}`}</Badge>;
  if (target.cooldown) return <Badge tone="warn" shape="wait">rests {span(target.cooldown.ms)}: {words(target.cooldown.reason)}</Badge>;
  if (target.breaker === 'half_open') return <Badge tone="warn" shape="wait">half open</Badge>;
  return target.calls > 0 ? <Badge tone="ok" shape="ok">closed</Badge> : <Badge tone="quiet" shape="ok">closed</Badge>;
}

/** Those that were called before those that were not; within, as they came. */
const byUse = (one: Target, other: Target) => Number(other.calls > 0) - Number(one.calls > 0);

/** Whether anybody would miss it in a list of what goes on here. */
function isIdle(target: Target, { routes }: Overview): boolean {
  const routed = routes.some((route) => route.targets.some(({ provider, model }) => provider === target.provider && model === target.model));
  return target.calls === 0 && !routed;
}

export function Targets({ overview }: { overview: Overview }) {
  const { targets, now } = overview;
  const [all, setAll] = useState(false);
  const busy = targets.filter((target) => !isIdle(target, overview));
  const shown = all || busy.length === 0 ? targets : busy;
  const open = targets.filter(({ usable, breaker }) => usable && breaker === 'open').length;
  return (
    <Card
      class="targets" title="Targets" about="a provider and a model, each with a circuit breaker"
      side={open > 0 ? <Badge tone="bad" shape="bad">{open} open</Badge> : <Badge tone="ok" shape="ok">none open</Badge>}
    >
      <Scroll label="Table of targets">
        <table>
          <thead>
            <tr>
              <th scope="col">Target</th><th scope="col">Breaker</th><th scope="col" class="number">Calls</th>
              <th scope="col" class="number">Failed</th><th scope="col" class="number">First byte</th><th scope="col">Last error</th>
              <th scope="col">Last success</th>
            </tr>
          </thead>
          <tbody>
            {shown.toSorted(byUse).map((target) => (
              <tr key={`${target.provider}/${target.model}`}>
                <th scope="row"><b>{target.provider}</b>/{target.model}</th>
                <td><Health target={target} /></td>
                <td class="number">{count(target.calls)}</td>
                <td class="number">{target.calls ? percent(target.failures / target.calls) : '–'}</td>
                <td class="number">{target.first_byte_ms ? span(target.first_byte_ms) : '–'}</td>
                <td>{target.last_error ? <>{words(target.last_error.code)} <span class="about">{ago(now - target.last_error.at)}</span></> : '–'}</td>
                <td>{target.last_success ? ago(now - target.last_success) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {busy.length > 0 && busy.length < targets.length && (
        <p class="more">
          <button type="button" class="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Hide those without calls' : `${targets.length - busy.length} more without calls`}
          </button>
        </p>
      )}
    </Card>
  );
}

const strategies: Record<string, string> = { fallback: 'in order', weighted: 'by weight', least_latency: 'the quickest first' };

export function Routes({ overview }: { overview: Overview }) {
  const find = (provider: string, model: string) =>
    overview.targets.find((target) => target.provider === provider && target.model === model);
  return (
    <Card class="routes" title="Routes" about="names that stand for several targets">
      {overview.routes.map((route) => <RouteRow key={route.name} route={route} find={find} />)}
    </Card>
  );
}

function RouteRow({ route, find }: { route: Route; find: (provider: string, model: string) => Target | undefined }) {
  const weights = route.targets.reduce((sum, { weight }) => sum + weight, 0);
  return (
    <div class="route">
      <h3>{route.name} <span class="about">{strategies[route.strategy] ?? route.strategy}</span></h3>
      <ol>
        {route.targets.map(({ provider, model, weight }) => {
          const target = find(provider, model);
          return (
            <li key={`${provider}/${model}`}>
              <span><b>{provider}</b>/{model}{route.strategy === 'weighted' && <span class="about"> {percent(weight / weights)}</span>}</span>
              {target && <Health target={target} />}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
