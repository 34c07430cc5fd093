// Small drawings in the colour of the text beside them; the text says what they mean.

const shapes = {
  ok: 'M4 8.5 7 11.5 12.5 5',
  bad: 'M4.5 4.5l7 7m0-7l-7 7',
  wait: 'M8 4v4.3l2.6 1.6',
  gone: 'M4.5 8h7',
  sun: 'M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M3 13l1.2-1.2M11.8 4.2L13 3',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z',
  auto: 'M8 2.5v11a5.5 5.5 0 0 0 0-11z',
  chevron: 'M5.5 3.5 10 8l-4.5 4.5',
} as const;

export type Shape = keyof typeof shapes;
const ringed: Shape[] = ['ok', 'bad', 'wait', 'gone', 'auto'];

export function Icon({ shape }: { shape: Shape }) {
  return (
    <svg class={`icon icon-${shape}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {ringed.includes(shape) && <circle cx="8" cy="8" r={shape === 'auto' ? 5.5 : 7} />}
      {shape === 'sun' && <circle cx="8" cy="8" r="3" />}
      <path d={shapes[shape]} class={shape === 'auto' ? 'filled' : ''} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6" />
      <path d="M4 9c2.7-2.4 5.3-2.4 8 0s5.3 2.4 8 0" />
      <path d="M4 15c2.7-2.4 5.3-2.4 8 0s5.3 2.4 8 0" opacity=".6" />
    </svg>
  );
}
