import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from './format';
import { Icon, type Shape } from './icons';

export function Card({ title, about, side, children, class: extra = '' }: {
  title: string; about?: ComponentChildren; side?: ComponentChildren; children: ComponentChildren; class?: string;
}) {
  const id = `card-${title.toLowerCase().replace(/\W+/g, '-')}`;
  return (
    <section class={`card ${extra}`} aria-labelledby={id}>
      <header class="card-head">
        <div>
          <h2 id={id}>{title}</h2>
          {about && <p class="about">{about}</p>}
        </div>
        {side}
      </header>
      {children}
    </section>
  );
}

export type Tone = 'ok' | 'warn' | 'bad' | 'quiet';

export function Badge({ tone, shape, children }: { tone: Tone; shape?: Shape; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{shape && <Icon shape={shape} />}{children}</span>;
}

/** ok, the caller left, or an error. */
export function Outcome({ outcome }: { outcome: string }) {
  if (outcome === 'ok') return <Badge tone="ok" shape="ok">ok</Badge>;
  if (outcome === 'cancelled') return <Badge tone="quiet" shape="gone">caller left</Badge>;
  return <Badge tone="bad" shape="bad">{words(outcome)}</Badge>;
}

/** A wide table scrolls by itself, also with the keyboard. */
export function Scroll({ label, tall, children }: { label: string; tall?: boolean; children: ComponentChildren }) {
  return <div class={`scroll ${tall ? 'tall' : ''}`} role="region" aria-label={label} tabIndex={0}>{children}</div>;
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

/** Browsers have no clipboard for a page that came over plain http from another machine. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    timer.current = window.setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div class="copyable">
      <pre tabIndex={0} role="region" aria-label={label}>{text}</pre>
      {window.isSecureContext && <button type="button" class="small" onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</button>}
    </div>
  );
}
