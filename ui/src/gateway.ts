// The way to the gateway. Addresses are relative, so that the page also works below a path of a proxy.
import type { Overview } from './overview';

const stored = 'sluice-key';

/** The gateway key, kept until the tab closes and nowhere else. */
export const key = {
  get: () => sessionStorage.getItem(stored) ?? '',
  set: (value: string) => (value ? sessionStorage.setItem(stored, value) : sessionStorage.removeItem(stored)),
};

export const authorization = (): Record<string, string> => (key.get() ? { authorization: `Bearer ${key.get()}` } : {});

export const chatAddress = '../v1/chat/completions';

export class Unauthorized extends Error {}

async function getJson<T>(address: string, signal: AbortSignal): Promise<T> {
  const answer = await fetch(address, { headers: authorization(), signal, cache: 'no-store' });
  if (answer.status === 401) throw new Unauthorized();
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
  return (await answer.json()) as T;
}

export const getOverview = (signal: AbortSignal) => getJson<Overview>('api/overview', signal);

export interface Model { id: string; owned_by?: string; mode?: string; description?: string }

export const getModels = async (signal: AbortSignal) =>
  (await getJson<{ data: Model[] }>('../v1/models', signal)).data;
