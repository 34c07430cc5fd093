import { useEffect, useState } from 'preact/hooks';
import { getOverview, Unauthorized } from './gateway';
import type { Overview } from './overview';

const every = 2000;

export interface Live {
  overview: Overview | null;
  /** The gateway wants a key, or another one. */
  locked: boolean;
  /** Why the numbers are old; empty while they are not. */
  trouble: string;
}

/** Asks every two seconds, while the page is looked at and not held. `key` changes where there is a new one. */
export function useOverview(key: string, held: boolean): Live {
  const [live, setLive] = useState<Live>({ overview: null, locked: false, trouble: '' });

  useEffect(() => {
    if (held) return;
    const stop = new AbortController();
    let timer = 0;
    const ask = async () => {
      try {
        const overview = await getOverview(AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]));
        setLive({ overview, locked: false, trouble: '' });
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof Unauthorized) return setLive({ overview: null, locked: true, trouble: '' });
        const trouble = error instanceof Error && error.message.startsWith('the gateway') ? error.message : 'the gateway does not answer';
        setLive((before) => ({ ...before, trouble }));
      }
      if (!stop.signal.aborted) timer = window.setTimeout(ask, every);
    };
    const onVisible = () => {
      window.clearTimeout(timer);
      if (!document.hidden) void ask();
    };
    document.addEventListener('visibilitychange', onVisible);
    void ask();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, held]);

  return live;
}
