import { span } from './format';
import { Outcome } from './parts';
import type { Attempt } from './overview';

/** Who was tried, one below the other, on the time of the whole request. */
export function Waterfall({ attempts, totalMs, firstTokenMs }: {
  attempts: Attempt[]; totalMs: number; firstTokenMs?: number | null | undefined;
}) {
  if (attempts.length === 0) return <p class="about">It ended before any target was asked.</p>;
  const ends = attempts.map(({ begin_ms, ms }) => begin_ms + ms);
  const whole = Math.max(totalMs, ...ends, 1);
  // What the last one began it goes on with to the end: a stream after its first token.
  const last = attempts.length - 1;
  const share = (ms: number) => `${Math.min(100, (100 * ms) / whole)}%`;
  return (
    <ol class="waterfall" aria-label="Attempts">
      {attempts.map((attempt, index) => {
        const streams = index === last && attempt.outcome === 'ok';
        const ms = streams ? Math.max(attempt.ms, totalMs - attempt.begin_ms) : attempt.ms;
        return (
          <li key={index}>
            <span class="who"><b>{attempt.provider}</b>/{attempt.model}</span>
            <span class="lane" aria-hidden="true">
              <i class={attempt.outcome === 'ok' ? 'ok' : 'bad'} style={{ left: `min(${share(attempt.begin_ms)}, 100% - 4px)`, width: `max(4px, ${share(ms)})` }} />
              {streams && firstTokenMs != null && <i class="tick" style={{ left: share(firstTokenMs) }} />}
            </span>
            <span class="took">{span(ms)}</span>
            <span class="what">
              <Outcome outcome={attempt.outcome} />
              {attempt.status > 0 && <span class="status">{attempt.status}</span>}
              {attempt.outcome !== 'ok' && index < last && <span class="next">{then(attempt, attempts[index + 1])}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function then(attempt: Attempt, next: Attempt | undefined): string {
  if (!next) return '';
  const same = attempt.provider === next.provider && attempt.model === next.model;
  return same ? 'tried again' : 'on to the next';
}
