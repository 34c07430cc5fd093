import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { chatBody, newCall, runChat, type Call, type ChatBody, type Message } from './chat';
import { count, dollars, none, span, words } from './format';
import { getModels, key, type Model } from './gateway';
import { Badge, Card, Copyable, Empty } from './parts';
import type { Overview } from './overview';
import { Waterfall } from './waterfall';

interface Turn { question: string; body: ChatBody; call: Call }

export function Playground({ overview, hidden }: { overview: Overview; hidden: boolean }) {
  const groups = useModelGroups(overview, hidden);
  const [model, setModel] = useState(overview.routes[0]?.name ?? '');
  const [text, setText] = useState('Water finds its way around every stone.');
  const [system, setSystem] = useState('');
  const [turns, setTurns] = useState<Turn[]>([]);
  const running = useRef<AbortController | null>(null);
  const last = turns.at(-1);
  const busy = last?.call.state === 'running';

  const messagesWith = (question: string): Message[] => [
    ...(system ? [{ role: 'system' as const, content: system }] : []),
    ...turns.filter(({ call }) => call.text).flatMap(({ question: asked, call }): Message[] => [
      { role: 'user', content: asked }, { role: 'assistant', content: call.text }]),
    { role: 'user', content: question },
  ];

  const send = () => {
    if (busy || !text.trim()) return;
    const body = chatBody(model, messagesWith(text));
    const stop = (running.current = new AbortController());
    setTurns((before) => [...before, { question: text, body, call: newCall() }]);
    setText('');
    void runChat(body, stop.signal, (call) => setTurns((before) => [...before.slice(0, -1), { ...before.at(-1)!, call }]));
  };
  const stop = () => running.current?.abort();

  return (
    <div class="playground" hidden={hidden}>
      <Card
        class="talk" title="Playground" about="one chat, over POST /v1/chat/completions"
        side={turns.length > 0 && !busy && <button type="button" class="small" onClick={() => setTurns([])}>New chat</button>}
      >
        <Transcript turns={turns} />
        <form onSubmit={(event) => { event.preventDefault(); send(); }}>
          <div class="fields">
            <label>Model or route
              <select value={model} onChange={(event) => setModel(event.currentTarget.value)}>
                {groups.map(({ name, models }) => (
                  <optgroup key={name} label={name}>
                    {models.map((id) => <option key={id} value={id}>{id}</option>)}
                  </optgroup>
                ))}
              </select>
            </label>
            <label>System message
              <input type="text" value={system} placeholder="none" onInput={(event) => setSystem(event.currentTarget.value)} />
            </label>
          </div>
          <label>Message
            <textarea
              rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send(); }}
            />
          </label>
          <div class="actions">
            {busy
              ? <button type="button" class="primary stop" onClick={stop}>Stop</button>
              : <button type="submit" class="primary" disabled={!text.trim()}>Send</button>}
            <span class="about">Ctrl + Enter sends</span>
          </div>
        </form>
      </Card>
      <div class="beside">
        <Result call={last?.call ?? null} />
        <Card title="The same call" about="from a terminal">
          <Copyable text={curl(text.trim() || !last ? chatBody(model, messagesWith(text)) : last.body)} label="The same call as curl" />
        </Card>
      </div>
    </div>
  );
}

function Transcript({ turns }: { turns: Turn[] }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [turns]);
  return (
    <div class="transcript" role="log" aria-label="Conversation" tabIndex={0} ref={end}>
      {turns.length === 0 && <Empty>Choose a model or a route and send a message. The answer appears here word by word as it comes; who was tried for it stands beside it.</Empty>}
      {turns.map(({ question, call }, index) => (
        <div key={index} class="turn">
          <p class="question">{question}</p>
          {(call.text || call.state === 'running') && <p class={`answer ${call.state === 'running' ? 'running' : ''}`}>{call.text}</p>}
          {call.state === 'stopped' && <p class="about">Stopped.</p>}
          {call.error && (
            <div class="failure" role="alert">
              <b>{words(call.error.code)}</b>
              <p>{call.error.message}</p>
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

const states = {
  running: <Badge tone="warn" shape="wait">running</Badge>,
  done: <Badge tone="ok" shape="ok">done</Badge>,
  failed: <Badge tone="bad" shape="bad">failed</Badge>,
  stopped: <Badge tone="quiet" shape="gone">stopped</Badge>,
};

function Result({ call }: { call: Call | null }) {
  return (
    <Card class="result" title="What happened" about="of the last message" side={call && states[call.state]}>
      {!call ? <Empty>The attempts appear here: each target that was asked, how it ended, how long it took.</Empty> : (
        <>
          {call.attempts.length > 0 && (
            <Waterfall attempts={call.attempts} totalMs={call.totalMs ?? call.firstTokenMs ?? 0} firstTokenMs={call.firstTokenMs} />
          )}
          <dl class="facts">
            <div><dt>Answered by</dt><dd>{call.provider ? `${call.provider}/${call.model}` : none}</dd></div>
            <div><dt>Status</dt><dd>{call.status || none}</dd></div>
            <div><dt>First token</dt><dd>{span(call.firstTokenMs)}</dd></div>
            <div><dt>Took</dt><dd>{span(call.totalMs)}</dd></div>
            <div><dt>Tokens</dt><dd>{call.tokensIn === null ? none : `${count(call.tokensIn)} → ${count(call.tokensOut ?? 0)}`}</dd></div>
            <div><dt>Cost</dt><dd>{dollars(call.costUsd)}</dd></div>
            <div><dt>Request id</dt><dd><code>{call.requestId || none}</code></dd></div>
          </dl>
        </>
      )}
    </Card>
  );
}

interface Group { name: string; models: string[] }

/** Routes, then the models of each provider: those it lists, and those that the configuration names. */
function useModelGroups(overview: Overview, hidden: boolean): Group[] {
  const [listed, setListed] = useState<Model[]>([]);
  useEffect(() => {
    if (hidden || listed.length > 0) return;
    const stop = new AbortController();
    getModels(stop.signal).then(setListed, () => {});  // without it the configured ones remain
    return () => stop.abort();
  }, [hidden]);
  const named = overview.targets.filter(({ usable, model }) => usable && model !== 'other').map(({ provider, model }) => `${provider}/${model}`);
  return useMemo(() => {
    const routes = overview.routes.map(({ name }) => name);
    const groups = new Map<string, Set<string>>();
    const add = (provider: string, id: string) => groups.set(provider, (groups.get(provider) ?? new Set()).add(id));
    for (const id of named) add(id.slice(0, id.indexOf('/')), id);
    for (const { id, owned_by = '', mode = 'chat' } of listed) {
      if (routes.includes(id) || mode !== 'chat') continue;
      const slash = id.indexOf('/');
      const provider = slash > 0 && groups.has(id.slice(0, slash)) ? id.slice(0, slash) : owned_by;
      if (!groups.get(provider)?.has(`${provider}/${id}`)) add(provider || 'Models', id);
    }
    return [{ name: 'Routes', models: routes }, ...[...groups].map(([name, models]) => ({ name, models: [...models].sort() }))];
  }, [listed, named.join()]);
}

function curl({ model, stream, messages }: ChatBody): string {
  const address = new URL('../v1/chat/completions', location.href).href;
  const body = JSON.stringify({ model, stream, messages }).replaceAll("'", `'\\''`);
  const authorization = key.get() ? `  -H "authorization: Bearer $SLUICE_KEY" \\\n` : '';
  return `curl -N ${address} \\\n${authorization}  -H 'content-type: application/json' \\\n  -d '${body}'`;
}
