import { useSyncExternalStore } from 'react';

/** What the reader chose; `system` where nothing was chosen. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'eris-theme'; // public/theme.js reads it before the first paint
const listeners = new Set<() => void>();

const chosen = (): Theme => {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
};

/** Sets the theme, here and for later visits. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', listener);
  listeners.add(listener);
  return () => {
    system.removeEventListener('change', listener);
    listeners.delete(listener);
  };
}

/** The theme that was chosen. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen);

/** Changes whenever colours do: what is painted on a canvas is painted anew then. */
export const useLook = (): string =>
  useSyncExternalStore(subscribe, () => `${chosen()} ${matchMedia('(prefers-color-scheme: dark)').matches}`);

/** The colours of tokens as a canvas takes them, as they are now. */
export function coloursOf<Name extends string>(element: Element, names: readonly Name[]): Record<Name, string> {
  const probe = document.createElement('span');
  element.append(probe);
  const found = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(found) as Record<Name, string>;
}
