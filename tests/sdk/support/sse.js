/** The events of a stream that came to its end: [name, data]; a comment is none. */
export function eventsOf(text) {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => event.split('\n'))
    .map((lines) => [valueOf(lines, 'event: ') || 'message', valueOf(lines, 'data: ')])
    .filter(([, data]) => data);
}

const valueOf = (lines, field) => lines.filter((line) => line.startsWith(field)).map((line) => line.slice(field.length)).join('\n');
