import { LogOut, MonitorX } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../parts/button.js';
import { Segments } from '../parts/fields.js';
import { Failure } from '../parts/states.js';
import { useSession } from './session.js';
import { setTheme, type Theme, useTheme } from './theme.js';

const THEMES: readonly { readonly id: Theme; readonly name: string }[] = [
  { id: 'system', name: 'System' },
  { id: 'light', name: 'Light' },
  { id: 'dark', name: 'Dark' },
];

/** Who has signed in, the theme, and the ways out. */
export function AccountBox() {
  const { who, signOut } = useSession();
  const [error, setError] = useState<unknown>();
  const leave = (everywhere: boolean): void => void signOut(everywhere).catch(setError);
  const { label, prefix, role } = who.key;
  return (
    <div className="side-foot">
      <div className="who">
        <strong>{who.organisation.name}</strong>
        <span className="muted small">
          {role} · {label ?? <span className="mono">{prefix}…</span>}
        </span>
      </div>
      <Segments label="Theme" value={useTheme()} choices={THEMES} onChange={setTheme} />
      {error !== undefined && <Failure error={error} />}
      <div className="cluster">
        <Button isSmall look="quiet" onPress={() => leave(false)}>
          <LogOut size={15} aria-hidden />
          Sign out
        </Button>
        <Button isSmall look="quiet" onPress={() => leave(true)} aria-label="Sign out everywhere">
          <MonitorX size={15} aria-hidden />
          Everywhere
        </Button>
      </div>
    </div>
  );
}
