import type { Site } from '../app/grid.js';
import type { Draft } from '../model/job-draft.js';
import { Field, Segments } from '../parts/fields.js';
import { Panel } from '../parts/panel.js';

interface JobFormProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly sites: readonly Site[];
  readonly resources: readonly string[];
  readonly faults: Readonly<Record<string, string>>;
}

const KINDS = [
  { id: 'deadline', name: 'Until a deadline' },
  { id: 'linear', name: 'Falls evenly' },
  { id: 'sigmoid', name: 'Falls softly' },
] as const;

type TextField = { [Name in keyof Draft]: Draft[Name] extends string ? Name : never }[keyof Draft];
type Volumes = 'chunks' | 'worker' | 'ps';

/** The form of a training job. */
export function JobForm(props: JobFormProps) {
  const { draft, onChange, sites, resources, faults } = props;
  const text = (name: Exclude<TextField, 'kind'>, label: string, help?: string, path: string = name) => (
    <Field
      label={label}
      value={draft[name]}
      onChange={(value) => onChange({ ...draft, [name]: value })}
      fault={faults[path]}
      {...(help !== undefined && { help })}
    />
  );
  return (
    <div className="columns">
      <Panel title="What it is worth">
        <Segments label="Value over time" value={draft.kind} choices={KINDS} onChange={(kind) => onChange({ ...draft, kind })} />
        <div className="fields">
          {text('value', 'Value', 'Credits, where it is done at once', draft.kind === 'sigmoid' ? 'valuation.scale' : 'valuation.value')}
          {draft.kind === 'deadline' && text('deadline', 'Deadline', 'Slots after arrival', 'valuation.deadline')}
          {draft.kind === 'linear' && text('decay', 'Falls by', 'Credits a slot', 'valuation.decay')}
          {draft.kind === 'sigmoid' && text('tau', 'Tau', 'Urgency', 'valuation.tau')}
          {draft.kind === 'sigmoid' && text('width', 'Width', 'Slots', 'valuation.width')}
          {text('label', 'Label', 'To find it by')}
        </div>
      </Panel>
      <Panel title="The job">
        <div className="fields">
          {text('epochs', 'Epochs')}
          {text('throughput', 'Chunks a worker trains in a slot')}
          {text('parameterMB', 'MB of parameters')}
        </div>
        <h3>A worker needs</h3>
        <VolumeFields {...props} part="worker" names={resources.map((name) => [name, name])} />
        <h3>The parameter server needs</h3>
        <VolumeFields {...props} part="ps" names={resources.map((name) => [name, name])} />
      </Panel>
      <Panel title="Where the data is" note="Chunks at each site; empty where there is none">
        <VolumeFields {...props} part="chunks" names={sites.map(({ id, name }) => [id, name])} />
      </Panel>
    </div>
  );
}

function VolumeFields({
  draft,
  onChange,
  faults,
  part,
  names,
}: JobFormProps & { readonly part: Volumes; readonly names: readonly (readonly [string, string])[] }) {
  return (
    <div className="fields">
      {names.map(([key, name]) => (
        <Field
          key={key}
          label={name}
          inputMode="decimal"
          value={draft[part][key] ?? ''}
          onChange={(value) => onChange({ ...draft, [part]: { ...draft[part], [key]: value } })}
          fault={faults[`${part}.${key}`]}
        />
      ))}
    </div>
  );
}
