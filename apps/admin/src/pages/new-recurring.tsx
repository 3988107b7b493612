import { type FormEvent, useMemo, useState } from 'react';
import type { BodyOf, ItemOf } from '#sdk';
import { isProblem, useChange } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Chooser, Field } from '../parts/fields.js';
import { faultsOf, numberOf } from '../parts/form.js';
import { Panel } from '../parts/panel.js';
import { Failure, Notice } from '../parts/states.js';
import { Impact, scopeOf, scopesOf } from './window-impact.js';

interface Draft {
  readonly rule: string;
  readonly start: string;
  readonly timeZone: string;
  readonly minutes: string;
  /** A site's id, or one of the others. */
  readonly of: string;
  readonly note: string;
}

const FIRST: Omit<Draft, 'timeZone'> = { rule: 'FREQ=WEEKLY', start: '', minutes: '60', of: 'market', note: '' };

const bodyOf = ({ rule, start, timeZone, minutes, of, note }: Draft): BodyOf<'recur'> => ({
  ...{ rule, start, timeZone, minutes: numberOf(minutes) },
  ...scopeOf(of),
  ...(note.trim() !== '' && { note }),
});

interface FieldsProps {
  readonly draft: Draft;
  readonly sites: readonly ItemOf<'listSites'>[];
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (next: Partial<Draft>) => void;
}

/** Makes recurring maintenance: first a preview of when that is and whom it hits, then what the preview said, or nothing. */
export function NewRecurring({ sites }: { readonly sites: readonly ItemOf<'listSites'>[] }) {
  const params = { marketId: useMarket().id };
  const [draft, setDraft] = useState<Draft>({ ...FIRST, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  const body = useMemo(() => bodyOf(draft), [draft]);
  const preview = useChange('previewRecurring', []);
  const make = useChange('recur', ['listRecurring', 'listWindows', 'readBook', 'listAllocations']);
  const change = (next: Partial<Draft>): void => {
    setDraft({ ...draft, ...next });
    preview.reset();
    make.reset();
  };
  const look = (): void => preview.mutate({ params, body });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!preview.data) return look();
    make.mutate({ params, body, headers: { 'If-Match': preview.data.digest } }, { onSuccess: () => preview.reset() });
  };
  const isOutdated = isProblem(make.error, 'preview_outdated');
  return (
    <Panel title="Make recurring maintenance">
      {preview.error && <Failure error={preview.error} />}
      {make.error && !isOutdated && <Failure error={make.error} />}
      {isOutdated && <Notice look="bad">The market has moved on since the preview, and nothing was done. Look again.</Notice>}
      {make.data && !make.error && <Notice look="good">Recurring maintenance {make.data.id} is made; its next windows are open.</Notice>}
      <form className="form" onSubmit={onSubmit}>
        <RecurringFields draft={draft} sites={sites} faults={{ ...faultsOf(preview.error), ...faultsOf(make.error) }} onChange={change} />
        {preview.data && <Impact preview={preview.data} marketId={params.marketId} />}
        <div className="form-actions">
          <Button onPress={look} isDisabled={preview.isPending}>
            {preview.isPending ? 'Looking …' : 'Preview'}
          </Button>
          <Button type="submit" look="primary" isDisabled={make.isPending || !preview.data || isOutdated}>
            {make.isPending ? 'Making …' : 'Make it as previewed'}
          </Button>
        </div>
      </form>
      <AsCode title="The same preview as CLI, curl or SDK" call={{ operation: 'previewRecurring', params, body }} />
      <AsCode title="The same maintenance as CLI, curl or SDK" call={{ operation: 'recur', params, body }} />
    </Panel>
  );
}

function RecurringFields({ draft, sites, faults, onChange }: FieldsProps) {
  return (
    <div className="fields">
      <Field
        label="Rule"
        value={draft.rule}
        onChange={(rule) => onChange({ rule })}
        fault={faults.rule}
        maxLength={200}
        help="As in calendars: FREQ=WEEKLY;BYDAY=TU"
      />
      <Field
        label="From"
        value={draft.start}
        onChange={(start) => onChange({ start })}
        fault={faults.start}
        maxLength={16}
        help="Date and time of day: 2027-01-05T02:00"
      />
      <Field
        label="Time zone"
        value={draft.timeZone}
        onChange={(timeZone) => onChange({ timeZone })}
        fault={faults.timeZone}
        maxLength={64}
      />
      <Field
        label="Minutes"
        inputMode="numeric"
        value={draft.minutes}
        onChange={(minutes) => onChange({ minutes })}
        fault={faults.minutes}
        help="How long it lasts each time"
      />
      <Chooser label="What recurs of" value={draft.of} choices={scopesOf(sites)} onChange={(of) => onChange({ of })} />
      <Field label="Its note" value={draft.note} onChange={(note) => onChange({ note })} fault={faults.note} maxLength={100} />
    </div>
  );
}
