import { useEffect, useState } from 'preact/hooks';

export type Theme = 'auto' | 'light' | 'dark';
const stored = 'sluice-theme';

const read = (): Theme => (localStorage.getItem(stored) as Theme | null) ?? 'auto';

function apply(theme: Theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

apply(read());

export function useTheme() {
  const [theme, setTheme] = useState(read);
  const choose = (next: Theme) => {
    localStorage.setItem(stored, next);
    apply(next);
    setTheme(next);
  };
  return { theme, choose };
}

/** Counts the changes of colours, so that what was drawn with them is drawn anew. */
export function useColourChange(theme: Theme): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setChanges((before) => before + 1);
    changed();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [theme]);
  return changes;
}

/** The colour that a custom property stands for under the present theme. */
export function colour(property: string): string {
  const probe = document.createElement('i');
  probe.hidden = true;
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
