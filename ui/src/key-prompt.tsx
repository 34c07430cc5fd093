import { useState } from 'preact/hooks';
import { Card } from './parts';

export function KeyPrompt({ refused, use }: { refused: boolean; use: (key: string) => void }) {
  const [value, setValue] = useState('');
  return (
    <Card class="key-prompt" title="This gateway asks for a key">
      <p>It is the key that programs send as <code>Authorization: Bearer …</code>. It stays in this tab until you close it.</p>
      {refused && <p class="refused" role="alert">The gateway does not know that key.</p>}
      <form onSubmit={(event) => { event.preventDefault(); use(value.trim()); }}>
        <label>Gateway key
          <input type="password" autoComplete="off" autoFocus value={value} onInput={(event) => setValue(event.currentTarget.value)} />
        </label>
        <button type="submit" class="primary" disabled={!value.trim()}>Show me</button>
      </form>
    </Card>
  );
}
