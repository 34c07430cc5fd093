import { authorization, chatAddress } from './gateway';
import type { Attempt } from './overview';
import { eventData } from './sse';

export interface Message { role: 'system' | 'user' | 'assistant'; content: string }
export interface ChatBody { model: string; stream: boolean; stream_options?: { include_usage: boolean }; messages: Message[] }

/** What is known of one call, while it runs and after. */
export interface Call {
  state: 'running' | 'done' | 'failed' | 'stopped';
  text: string;
  requestId: string;
  status: number;
  provider: string;
  model: string;
  attempts: Attempt[];
  firstTokenMs: number | null;
  totalMs: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
  costUsd: number | null;
  error: { code: string; message: string } | null;
}

export const newCall = (): Call => ({
  state: 'running', text: '', requestId: '', status: 0, provider: '', model: '', attempts: [], firstTokenMs: null,
  totalMs: null, tokensIn: null, tokensOut: null, costUsd: null, error: null,
});

export const chatBody = (model: string, messages: Message[]): ChatBody => ({
  model, stream: true, stream_options: { include_usage: true }, messages,
});

/** `openai/gpt;outcome=ok;status=200;ms=410, ...`, each begun where the one before ended. */
export function parseAttempts(header: string): Attempt[] {
  let begin = 0;
  return header.split(', ').filter(Boolean).map((one) => {
    const [name = '', ...fields] = one.split(';');
    const value = Object.fromEntries(fields.map((field) => field.split('=')));
    const slash = name.indexOf('/');
    const ms = Number(value.ms ?? 0);
    const attempt = {
      provider: name.slice(0, slash), model: name.slice(slash + 1),
      outcome: String(value.outcome ?? ''), status: Number(value.status ?? 0), begin_ms: begin, ms,
    };
    begin += ms;
    return attempt;
  });
}

interface Chunk {
  choices?: { delta?: { content?: string | null; refusal?: string | null } }[];
  usage?: { prompt_tokens: number; completion_tokens: number } | null;
  error?: { code?: string | null; message: string };
}

/** Makes the call and tells `changed` of every step. Never throws. */
export async function runChat(body: ChatBody, signal: AbortSignal, changed: (call: Call) => void): Promise<Call> {
  const began = performance.now();
  let call = newCall();
  const set = (news: Partial<Call>) => changed((call = { ...call, ...news }));
  const fail = (code: string, message: string) => set({ state: 'failed', error: { code, message } });
  try {
    const answer = await fetch(chatAddress, {
      method: 'POST', signal, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...authorization() },
    });
    const header = (name: string) => answer.headers.get(name) ?? '';
    set({
      status: answer.status,
      requestId: header('x-request-id'),
      provider: header('x-sluice-provider'),
      model: header('x-sluice-model'),
      attempts: parseAttempts(header('x-sluice-attempts')),
      costUsd: header('x-sluice-cost-usd') ? Number(header('x-sluice-cost-usd')) : null,
    });
    if (!answer.ok || !answer.body) {
      const { error } = (await answer.json()) as Chunk;
      fail(error?.code ?? String(answer.status), error?.message ?? 'no reason was given');
    } else {
      for await (const data of eventData(answer.body)) {
        if (data === '[DONE]') { set({ state: 'done' }); break; }
        read(JSON.parse(data) as Chunk);
      }
      if (call.state === 'running') fail('stream_interrupted', 'The stream ended without its end.');
    }
  } catch (error) {
    if (signal.aborted) set({ state: 'stopped' });
    else fail('no_answer', error instanceof Error ? error.message : String(error));
  }
  set({ totalMs: performance.now() - began });
  return call;

  function read(chunk: Chunk) {
    if (chunk.error) return fail(chunk.error.code ?? 'error', chunk.error.message);
    if (chunk.usage) set({ tokensIn: chunk.usage.prompt_tokens, tokensOut: chunk.usage.completion_tokens });
    const delta = chunk.choices?.[0]?.delta;
    const text = delta?.content ?? delta?.refusal ?? '';
    if (!text) return;
    set({ text: call.text + text, firstTokenMs: call.firstTokenMs ?? performance.now() - began });
  }
}
