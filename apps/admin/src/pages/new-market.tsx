import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import type { BodyOf } from '#sdk';
import { useChange } from '../app/api.js';
import { PriceCurve } from '../charts/price-curve.js';
import { curveOf, formulaOf, type PriceRule } from '../model/price-rule.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Chooser, Field, Segments } from '../parts/fields.js';
import { faultsOf, numberOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Failure } from '../parts/states.js';

interface Draft {
  readonly name: string;
  readonly clock: 'manual' | 'realtime';
  readonly slotMinutes: string;
  readonly horizonSlots: string;
  readonly chunkMB: string;
  readonly bandwidthMB: string;
  readonly resources: string;
  readonly rule: 'learning' | 'paper' | 'flat';
  readonly gamma: string;
  readonly unit: string;
  readonly reserve: string;
  readonly level: string;
  readonly floor: string;
  readonly ceiling: string;
  readonly shareCap: string;
}

const FIRST: Draft = {
  name: '',
  clock: 'realtime',
  slotMinutes: '20',
  horizonSlots: '72',
  chunkMB: '2',
  bandwidthMB: '20480',
  resources: 'gpu, cpu, memoryGB',
  rule: 'learning',
  gamma: '1000',
  unit: '1',
  reserve: '0.1',
  level: '100',
  floor: '',
  ceiling: '',
  shareCap: '',
};
/** What a curve of the flat rule is drawn for. */
const PREVIEW_CAPACITY = 10;

const resourcesOf = ({ resources }: Draft): string[] =>
  resources
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function bodyOf(draft: Draft): BodyOf<'createMarket'> {
  const resources = resourcesOf(draft);
  const gamma = Object.fromEntries(['bandwidth', ...resources].map((name) => [name, numberOf(draft.gamma)]));
  return {
    name: draft.name,
    clock: draft.clock,
    slotMinutes: numberOf(draft.slotMinutes),
    horizonSlots: numberOf(draft.horizonSlots),
    chunkMB: numberOf(draft.chunkMB),
    bandwidthMB: numberOf(draft.bandwidthMB),
    resources,
    prices: draft.rule === 'paper' ? { gamma, unit: draft.unit, reserve: draft.reserve } : byShareOf(draft),
  };
}

function byShareOf({ rule, level, floor, ceiling, shareCap }: Draft): NonNullable<BodyOf<'createMarket'>['prices']> {
  if (rule === 'flat') return { kind: 'flat', level };
  const isGiven = (text: string): boolean => text.trim() !== '';
  return {
    kind: 'learning',
    ...(isGiven(floor) && { floor }),
    ...(isGiven(ceiling) && { ceiling }),
    ...(isGiven(shareCap) && { shareCap: numberOf(shareCap) }),
  };
}

/** The rule of a draft as a market would tell it, for the preview. */
const ruleOf = (draft: Draft): PriceRule =>
  draft.rule === 'paper'
    ? { kind: 'paper', gamma: { [resourcesOf(draft)[0] ?? 'bandwidth']: numberOf(draft.gamma) }, unit: draft.unit, reserve: draft.reserve }
    : { kind: 'flat', level: draft.level, levels: {} };

/** The form of a new market, with a preview of its price curve. */
export function NewMarketPage() {
  const [draft, setDraft] = useState(FIRST);
  const navigate = useNavigate();
  const create = useChange('createMarket', ['listMarkets']);
  const body = useMemo(() => bodyOf(draft), [draft]);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ body }, { onSuccess: ({ id }) => void navigate({ to: '/markets/$marketId/sites', params: { marketId: id } }) });
  };
  return (
    <>
      <PageHead
        title="Open a market"
        crumbs={[{ name: 'Markets', to: '/' }]}
        note="Sites are added afterwards. What a market is opened with stays, but for its status, its oracle and its prices."
      />
      <form className="form" onSubmit={onSubmit}>
        <div className="columns wide-first">
          <Panel title="Terms">
            {create.error && <Failure error={create.error} />}
            <Terms draft={draft} onChange={setDraft} faults={faultsOf(create.error)} />
          </Panel>
          <Preview draft={draft} />
        </div>
        <div className="form-actions">
          <Button type="submit" look="primary" isDisabled={create.isPending}>
            {create.isPending ? 'Opening …' : 'Open the market'}
          </Button>
        </div>
      </form>
      <AsCode call={{ operation: 'createMarket', body }} />
    </>
  );
}

interface TermsProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly faults: Readonly<Record<string, string>>;
}

function Terms({ draft, onChange, faults }: TermsProps) {
  const text = (name: keyof Draft, label: string, help?: string) => (
    <Field
      label={label}
      value={draft[name]}
      onChange={(value) => onChange({ ...draft, [name]: value })}
      fault={faults[name]}
      {...(help !== undefined && { help })}
    />
  );
  return (
    <div className="stack">
      <div className="fields">
        {text('name', 'Name')}
        <Chooser
          label="Clock"
          value={draft.clock}
          choices={[
            { id: 'realtime', name: 'Realtime: moves by itself' },
            { id: 'manual', name: 'Manual: you move it' },
          ]}
          onChange={(clock) => onChange({ ...draft, clock })}
        />
        {text('slotMinutes', 'Minutes of a slot')}
        {text('horizonSlots', 'Slots on sale', 'How far ahead is sold')}
        {text('resources', 'Resources of a site', 'Separated by commas')}
        {text('chunkMB', 'MB of a chunk')}
        {text('bandwidthMB', 'MB of bandwidth in a slot', 'Of the whole market')}
      </div>
      <h3>Prices</h3>
      <Segments
        label="Price rule"
        value={draft.rule}
        choices={[
          { id: 'learning', name: 'Learnt from the bids' },
          { id: 'paper', name: 'Rise with what is sold' },
          { id: 'flat', name: 'Flat' },
        ]}
        onChange={(rule) => onChange({ ...draft, rule })}
      />
      <div className="fields">
        {draft.rule === 'learning' && (
          <>
            {text('floor', 'Floor', 'Credits for all of a resource in a slot; empty: none')}
            {text('ceiling', 'Ceiling', 'The same; empty: none')}
            {text('shareCap', 'Share cap', 'Percent that one organisation counts for; empty: all')}
          </>
        )}
        {draft.rule === 'flat' && text('level', 'Level', 'Credits for all of a resource in a slot')}
        {draft.rule === 'paper' && (
          <>
            {text('gamma', 'Gamma', 'How steeply prices rise; above 1')}
            {text('unit', 'Unit', 'Credits')}
            {text('reserve', 'Reserve', 'Credits where nothing is sold')}
          </>
        )}
      </div>
    </div>
  );
}

function Preview({ draft }: { readonly draft: Draft }) {
  const resource = resourcesOf(draft)[0] ?? 'bandwidth';
  const rule = useMemo(() => ruleOf(draft), [draft]);
  const curve = useMemo(() => curveOf(rule, resource, PREVIEW_CAPACITY).filter(({ price }) => Number.isFinite(price)), [rule, resource]);
  return (
    <Panel
      title="Preview of the price curve"
      note={draft.rule === 'learning' ? 'price = a learnt level ÷ what the whole market has in the slot' : formulaOf(rule, resource)}
    >
      {draft.rule === 'learning' ? (
        <p className="muted">
          Flat prices at a level that clears the demand of the bids so far. Until three bids are measured only the next tenth of the slots
          is sold.
        </p>
      ) : curve.length > 0 ? (
        <PriceCurve resource={resource} curve={curve} />
      ) : (
        <p className="muted">Fill in the prices to see their curve.</p>
      )}
    </Panel>
  );
}
