import { Checkbox, CheckboxGroup, Label } from 'react-aria-components';

/** What a key may be narrowed down to, as the API names it. */
const AREAS = ['organisations', 'keys', 'markets', 'bids', 'accounts'] as const;

interface ScopeChoiceProps {
  readonly value: readonly string[];
  readonly onChange: (scopes: readonly string[]) => void;
}

/** What of its role a key may do: all of it, where nothing is ticked. */
export function ScopeChoice({ value, onChange }: ScopeChoiceProps) {
  return (
    <CheckboxGroup className="scopes" value={[...value]} onChange={onChange}>
      <Label className="label">Scopes</Label>
      <p className="help">Nothing ticked: all that its role may do.</p>
      <div className="scope-grid">
        {AREAS.flatMap((area) => ['read', 'write'].map((verb) => `${area}:${verb}`)).map((scope) => (
          <Checkbox key={scope} value={scope} className="check">
            <span className="box" aria-hidden />
            {scope}
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  );
}
