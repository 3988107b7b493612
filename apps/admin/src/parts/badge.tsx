import { Ban, CheckCircle2, CircleDashed, CirclePause, CircleX, Clock, type LucideIcon } from 'lucide-react';

type Look = 'good' | 'bad' | 'warn' | 'info' | 'plain';

/** Every state that a thing may be in, with a shape and a colour. */
const STATES: Readonly<Record<string, readonly [Look, LucideIcon]>> = {
  accepted: ['good', CheckCircle2],
  refused: ['bad', CircleX],
  queued: ['info', Clock],
  open: ['good', CheckCircle2],
  paused: ['warn', CirclePause],
  closed: ['plain', Ban],
  active: ['good', CheckCircle2],
  completed: ['good', CheckCircle2],
  repaired: ['good', CheckCircle2],
  running: ['info', Clock],
  scheduled: ['info', Clock],
  planned: ['info', Clock],
  left: ['warn', CirclePause],
  failed: ['bad', CircleX],
  cancelled: ['plain', Ban],
  over: ['plain', Ban],
  revoked: ['plain', Ban],
};

/** A state as a word with a shape. */
export function Badge({ state }: { readonly state: string }) {
  const [look, Icon] = STATES[state] ?? (['plain', CircleDashed] as const);
  return (
    <span className={look === 'plain' ? 'badge' : `badge is-${look}`}>
      <Icon size={13} aria-hidden />
      {state.replaceAll('_', ' ')}
    </span>
  );
}
