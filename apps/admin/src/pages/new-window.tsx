import { type FormEvent, useMemo, useState } from 'react';
import type { BodyOf, ItemOf } from '#sdk';
import { isProblem, useChange } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Chooser, Field, Segments } from '../parts/fields.js';
import { faultsOf, numberOf } from '../parts/form.js';
import { Panel } from '../parts/panel.js';
import { Failure, Notice } from '../parts/states.js';
import { Impact, scopeOf, scopesOf } from './window-impact.js';

interface Draft {
  readonly kind: 'outage' | 'maintenance';
  /** A site's id, or one of the others. */
  readonly of: string;
  readonly from: string;
  readonly to: string;
  readonly note: string;
}

const FIRST: Draft = { kind: 'maintenance', of: 'market', from: '', to: '', note: '' };
const bodyOf = ({ kind, of, from, to, note }: Draft): BodyOf<'openWindow'> => ({
  kind,
  ...scopeOf(of),
  ...(from.trim() !== '' && { from: numberOf(from) }),
  ...(to.trim() !== '' && { to: numberOf(to) }),
  ...(note.trim() !== '' && { note }),
});

/** Takes capacity off sale: first a preview of whom that hits, then the window, which does what the preview said or is not opened. */
export function NewWindow({ sites }: { readonly sites: readonly ItemOf<'listSites'>[] }) {
  const market = useMarket();
  const params = { marketId: market.id };
  const [draft, setDraft] = useState(FIRST);
  const body = useMemo(() => bodyOf(draft), [draft]);
  const preview = useChange('previewWindow', []);
  const open = useChange('openWindow', ['listWindows', 'readBook', 'listAllocations']);
  const change = (next: Partial<Draft>): void => {
    setDraft({ ...draft, ...next });
    preview.reset();
    open.reset();
  };
  const look = (): void => preview.mutate({ params, body });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!preview.data) return look();
    open.mutate({ params, body, headers: { 'If-Match': preview.data.digest } }, { onSuccess: () => preview.reset() });
  };
  const isOutdated = isProblem(open.error, 'preview_outdated');
  const faults = { ...faultsOf(preview.error), ...faultsOf(open.error) };
  return (
    <Panel title="Take capacity off sale">
      {preview.error && <Failure error={preview.error} />}
      {open.error && !isOutdated && <Failure error={open.error} />}
      {isOutdated && <Notice look="bad">The market has moved on since the preview, and nothing was done. Look again.</Notice>}
      {open.data && !open.error && <Notice look="good">Window {open.data.id} is open; those whom it hits are dealt with now.</Notice>}
      <form className="form" onSubmit={onSubmit}>
        <WindowFields draft={draft} sites={sites} faults={faults} onChange={change} />
        {preview.data && <Impact preview={preview.data} marketId={market.id} />}
        <div className="form-actions">
          <Button onPress={look} isDisabled={preview.isPending}>
            {preview.isPending ? 'Looking …' : 'Preview'}
          </Button>
          <Button type="submit" look="primary" isDisabled={open.isPending || !preview.data || isOutdated}>
            {open.isPending ? 'Opening …' : 'Take it off sale as previewed'}
          </Button>
        </div>
      </form>
      <AsCode title="The same preview as CLI, curl or SDK" call={{ operation: 'previewWindow', params, body }} />
      <AsCode title="The same window as CLI, curl or SDK" call={{ operation: 'openWindow', params, body }} />
    </Panel>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly sites: readonly ItemOf<'listSites'>[];
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (next: Partial<Draft>) => void;
}

function WindowFields({ draft, sites, faults, onChange }: FieldsProps) {
  const market = useMarket();
  return (
    <>
      <Segments
        label="What it is"
        value={draft.kind}
        choices={[
          { id: 'maintenance', name: 'Maintenance' },
          { id: 'outage', name: 'Outage' },
        ]}
        onChange={(kind) => onChange({ kind })}
      />
      <div className="fields">
        <Chooser label="Of what" value={draft.of} choices={scopesOf(sites)} onChange={(of) => onChange({ of })} />
        <Field
          label="From slot"
          inputMode="numeric"
          value={draft.from}
          onChange={(from) => onChange({ from })}
          fault={faults.from}
          help={`Empty: now, slot ${market.slot}`}
        />
        <Field
          label="To slot"
          inputMode="numeric"
          value={draft.to}
          onChange={(to) => onChange({ to })}
          fault={faults.to}
          help="The first that is on sale again; empty: open"
        />
        <Field label="Note" value={draft.note} onChange={(note) => onChange({ note })} fault={faults.note} maxLength={100} />
      </div>
    </>
  );
}
