const number = (digits: number) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits });
const whole = number(0);
const oneDigit = number(1);
const twoDigits = number(2);
const compactNumber = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

export const none = '–';

export const count = (value: number) => (value < 100_000 ? whole.format(value) : compactNumber.format(value));
export const rate = (value: number) => (value < 10 ? twoDigits : oneDigit).format(value);
export const percent = (share: number) => `${(share < 0.1 ? twoDigits : oneDigit).format(share * 100)} %`;

/** Milliseconds, as people say them: 0.8 ms, 45 ms, 1.28 s, 3 min 5 s. */
export function span(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return none;
  if (ms < 10) return `${twoDigits.format(ms)} ms`;
  if (ms < 1000) return `${whole.format(ms)} ms`;
  if (ms < 10_000) return `${twoDigits.format(ms / 1000)} s`;
  if (ms < 60_000) return `${oneDigit.format(ms / 1000)} s`;
  return longSpan(ms);
}

/** The two largest units: 3 min 5 s, 2 h 10 min, 4 d 3 h. */
export function longSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const units: [string, number][] = [['d', Math.floor(seconds / 86400)], ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60], ['s', seconds % 60]];
  const first = units.findIndex(([, value]) => value > 0);
  if (first < 0) return '0 s';
  return units.slice(first, first + 2).filter(([, value]) => value > 0).map(([unit, value]) => `${value} ${unit}`).join(' ');
}

/** Just now, 12 s ago, 3 min ago. */
export function ago(ms: number): string {
  if (ms < 2000) return 'just now';
  const unit = longSpan(ms).split(' ');
  return `${unit[0]} ${unit[1]} ago`;
}

export function dollars(value: number | null | undefined): string {
  if (value === null || value === undefined) return none;
  if (value === 0) return '$0';
  return `$${value < 0.01 ? value.toPrecision(2) : value < 100 ? value.toFixed(value < 1 ? 4 : 2) : whole.format(value)}`;
}

export const clock = (at: number) => new Date(at).toLocaleTimeString('en-GB');

/** upstream_overloaded -> upstream overloaded */
export const words = (code: string) => code.replaceAll('_', ' ');
