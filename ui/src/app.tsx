import { useEffect, useState } from 'preact/hooks';
import { longSpan } from './format';
import { key as storedKey } from './gateway';
import { Icon, Mark, type Shape } from './icons';
import { KeyPrompt } from './key-prompt';
import { Charts, Tiles } from './numbers';
import type { Overview } from './overview';
import { Playground } from './playground';
import { Requests } from './requests';
import { Routes, Targets } from './targets';
import { useColourChange, useTheme, type Theme } from './theme';
import { UsageTable } from './usage';
import { useOverview } from './use-overview';

type View = 'dashboard' | 'playground';
const viewOf = (hash: string): View => (hash === '#playground' ? 'playground' : 'dashboard');

function useView(): View {
  const [view, setView] = useState(viewOf(location.hash));
  useEffect(() => {
    const changed = () => setView(viewOf(location.hash));
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return view;
}

export function App() {
  const [key, setKey] = useState(storedKey.get());
  const [held, setHeld] = useState(false);
  const { overview, locked, trouble } = useOverview(key, held);
  const { theme, choose } = useTheme();
  const repaint = useColourChange(theme);
  const view = useView();
  const useKey = (value: string) => {
    storedKey.set(value);
    setKey(value);
    setHeld(false);
  };
  return (
    <>
      <header class="top">
        <a class="brand" href="#dashboard"><Mark />Sluice</a>
        <nav aria-label="Views">
          <a href="#dashboard" aria-current={view === 'dashboard' ? 'page' : undefined}>Dashboard</a>
          <a href="#playground" aria-current={view === 'playground' ? 'page' : undefined}>Playground</a>
        </nav>
        <div class="top-end">
          {overview && <Process overview={overview} />}
          {overview && <button type="button" class="small" aria-pressed={held} onClick={() => setHeld(!held)}>Pause</button>}
          {overview && key && <button type="button" class="small" onClick={() => useKey('')}>Forget key</button>}
          <ThemeChoice theme={theme} choose={choose} />
        </div>
      </header>
      <main>
        <h1 class="unseen">{view === 'playground' ? 'Playground' : 'Dashboard'}</h1>
        {trouble && <p class="trouble" role="status"><Icon shape="bad" />{trouble[0]!.toUpperCase() + trouble.slice(1)}. Trying again …</p>}
        {locked && <KeyPrompt refused={key !== ''} use={useKey} />}
        {!locked && !overview && !trouble && <p class="about loading">Asking the gateway …</p>}
        {overview && <div hidden={view !== 'dashboard'}><Dashboard overview={overview} repaint={repaint} /></div>}
        {overview && <Playground overview={overview} hidden={view !== 'playground'} />}
      </main>
      <footer>
        {overview && <span>Sluice {overview.version}</span>}
        <a href="../metrics">Metrics</a>
        <a href="../health">Health</a>
        <a href="assets/THIRD_PARTY.txt">Licences</a>
      </footer>
    </>
  );
}

function Process({ overview }: { overview: Overview }) {
  return (
    <p class="process">
      <span>{overview.demo ? 'demo' : overview.environment}</span>
      <span>up {longSpan(overview.now - overview.started)}</span>
      {!overview.sees_all && <span>tenant {overview.tenant}</span>}
    </p>
  );
}

function Dashboard({ overview, repaint }: { overview: Overview; repaint: number }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div class="dashboard">
      <Tiles overview={overview} />
      <Charts overview={overview} repaint={repaint} />
      <Targets overview={overview} />
      <Routes overview={overview} />
      <Requests overview={overview} open={open} toggle={(id) => setOpen(open === id ? null : id)} />
      <UsageTable overview={overview} />
    </div>
  );
}

const themes: { theme: Theme; shape: Shape; name: string }[] = [
  { theme: 'auto', shape: 'auto', name: 'as the system' },
  { theme: 'light', shape: 'sun', name: 'light' },
  { theme: 'dark', shape: 'moon', name: 'dark' },
];

function ThemeChoice({ theme, choose }: { theme: Theme; choose: (theme: Theme) => void }) {
  const at = themes.findIndex((one) => one.theme === theme);
  const present = themes[at]!;
  const next = themes[(at + 1) % themes.length]!;
  return (
    <button type="button" class="small square" aria-label={`Colours: ${present.name}. Change to ${next.name}`} title={`Colours: ${present.name}`} onClick={() => choose(next.theme)}>
      <Icon shape={present.shape} />
    </button>
  );
}
