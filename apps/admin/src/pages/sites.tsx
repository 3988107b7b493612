import { type FormEvent, useState } from 'react';
import { type BodyOf, ProblemError } from '#sdk';
import { credits } from '../model/amounts.js';
import { useAll, useChange } from '../app/api.js';
import type { Site } from '../app/grid.js';
import { useMarket } from '../app/market.js';
import { useIsOperator } from '../app/session.js';
import { plural, volume } from '../model/words.js';
import { AsCode } from '../parts/as-code.js';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/fields.js';
import { faultsOf, numberOf } from '../parts/form.js';
import { PageHead } from '../parts/page.js';
import { Panel } from '../parts/panel.js';
import { Empty, Failure, Notice, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';
import { Incidents } from './incidents.js';
import { SiteMap } from './site-map.js';

/** The sites of the market: where they are and what they have. */
export function SitesPage() {
  const market = useMarket();
  const isOperator = useIsOperator();
  const params = { marketId: market.id };
  const sites = useAll('listSites', { params });
  const [changed, setChanged] = useState<Site>();
  const columns: readonly Column<Site>[] = [
    { name: 'Site', cell: ({ name }) => name },
    ...market.resources.map((resource): Column<Site> => ({
      name: resource,
      isNumber: true,
      cell: ({ capacity }) => volume(capacity[resource] ?? 0),
    })),
    { name: 'Location', cell: ({ location }) => (location ? `${location.latitude.toFixed(2)}, ${location.longitude.toFixed(2)}` : '–') },
    ...(isOperator
      ? [
          {
            name: 'Action',
            cell: (site: Site) => (
              <Button isSmall onPress={() => setChanged(site)} aria-label={`Change the capacity of ${site.name}`}>
                Capacity
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHead title="Sites" note={`Where ${market.name} has something to sell.`} />
      <Shown of={sites} what="sites">
        {(rows) => (
          <>
            {rows.some(({ location }) => location) && <SiteMap sites={rows} />}
            <Panel title={plural(rows.length, 'site')} isFlush>
              {rows.length === 0 ? (
                <Empty title="No site yet">
                  <p>{isOperator ? 'Add the first one below.' : 'The operator has not added one.'}</p>
                </Empty>
              ) : (
                <Table label="Sites" columns={columns} rows={rows} idOf={({ id }) => id} />
              )}
            </Panel>
            {rows.length > 0 && (
              <Incidents marketId={market.id} nameOf={(id) => rows.find((site) => site.id === id)?.name ?? `site ${id}`} />
            )}
          </>
        )}
      </Shown>
      {isOperator && <NewSite />}
      {changed && <ChangeCapacity site={changed} onClose={() => setChanged(undefined)} />}
      <AsCode call={{ operation: 'listSites', params }} />
    </>
  );
}

type Volumes = Readonly<Record<string, string>>;

const capacityOf = (volumes: Volumes): Record<string, number> =>
  Object.fromEntries(Object.entries(volumes).map(([name, text]) => [name, numberOf(text)]));

function VolumeFields({
  volumes,
  onChange,
  faults,
}: {
  readonly volumes: Volumes;
  readonly onChange: (volumes: Volumes) => void;
  readonly faults: Volumes;
}) {
  return Object.entries(volumes).map(([name, text]) => (
    <Field
      key={name}
      label={name}
      inputMode="decimal"
      value={text}
      onChange={(value) => onChange({ ...volumes, [name]: value })}
      fault={faults[`capacity.${name}`]}
    />
  ));
}

function NewSite() {
  const market = useMarket();
  const none: Volumes = Object.fromEntries(market.resources.map((name) => [name, '']));
  const [name, setName] = useState('');
  const [volumes, setVolumes] = useState(none);
  const [place, setPlace] = useState({ latitude: '', longitude: '' });
  const add = useChange('addSite', ['listSites', 'readBook']);
  const hasPlace = place.latitude.trim() !== '' || place.longitude.trim() !== '';
  const location = { latitude: numberOf(place.latitude), longitude: numberOf(place.longitude) };
  const body: BodyOf<'addSite'> = { name, capacity: capacityOf(volumes), ...(hasPlace && { location }) };
  const params = { marketId: market.id };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const clear = (): void => {
      setName('');
      setVolumes(none);
      setPlace({ latitude: '', longitude: '' });
    };
    add.mutate({ params, body }, { onSuccess: clear });
  };
  const faults = faultsOf(add.error);
  return (
    <Panel title="Add a site">
      {add.error && <Failure error={add.error} />}
      {add.isSuccess && name === '' && <Notice look="good">Site {add.data.name} is on sale.</Notice>}
      <form className="form" onSubmit={onSubmit}>
        <div className="fields">
          <Field label="Name" value={name} onChange={setName} fault={faults.name} />
          <VolumeFields volumes={volumes} onChange={setVolumes} faults={faults} />
          <Field
            label="Latitude"
            inputMode="decimal"
            value={place.latitude}
            onChange={(latitude) => setPlace({ ...place, latitude })}
            fault={faults['location.latitude']}
            help="Where it is known"
          />
          <Field
            label="Longitude"
            inputMode="decimal"
            value={place.longitude}
            onChange={(longitude) => setPlace({ ...place, longitude })}
            fault={faults['location.longitude']}
          />
        </div>
        <div className="form-actions">
          <Button type="submit" look="primary" isDisabled={add.isPending || name.trim() === ''}>
            Add the site
          </Button>
        </div>
      </form>
      <AsCode call={{ operation: 'addSite', params, body }} />
    </Panel>
  );
}

function ChangeCapacity({ site, onClose }: { readonly site: Site; readonly onClose: () => void }) {
  const market = useMarket();
  const [volumes, setVolumes] = useState<Volumes>(() =>
    Object.fromEntries(market.resources.map((name) => [name, String(site.capacity[name] ?? 0)])),
  );
  const change = useChange('changeCapacity', ['listSites', 'readBook']);
  const params = { marketId: market.id, siteId: site.id };
  const body = { capacity: capacityOf(volumes) };
  const preview = change.error instanceof ProblemError ? change.error.document.preview : undefined;
  const set = (headers: Readonly<Record<string, string>>): void => change.mutate({ params, body, headers }, { onSuccess: onClose });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    set({});
  };
  return (
    <Dialog title={`Capacity of ${site.name}`} isOpen onClose={onClose}>
      <form className="form" onSubmit={onSubmit}>
        <p className="muted">It holds from the current slot on. Where more is sold, you are first shown whom that would hit.</p>
        {change.error && <Failure error={change.error} />}
        {preview && (
          <Notice look="bad">
            <span>
              It would hit {plural(preview.hits.length, 'allocation')}; {credits(preview.returned)} credits would come back to bidders.
            </span>
            <Button isDisabled={change.isPending} onPress={() => set({ 'If-Match': preview.digest })}>
              Lower it all the same
            </Button>
          </Notice>
        )}
        <div className="fields">
          <VolumeFields volumes={volumes} onChange={setVolumes} faults={faultsOf(change.error)} />
        </div>
        <AsCode call={{ operation: 'changeCapacity', params, body }} />
        <div className="form-actions">
          <Button type="submit" look="primary" isDisabled={change.isPending}>
            Change it
          </Button>
          <Button look="quiet" onPress={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
