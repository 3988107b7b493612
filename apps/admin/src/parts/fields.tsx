import { ChevronDown } from 'lucide-react';
import { type ReactNode } from 'react';
import {
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  Select,
  SelectValue,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: ReactNode;
  /** What the API said of the field. */
  readonly fault?: string | undefined;
  readonly name?: string;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'email';
  readonly inputMode?: 'decimal' | 'numeric' | 'text';
  readonly isRequired?: boolean;
  readonly isDisabled?: boolean;
  readonly isLong?: boolean;
  readonly hasFocus?: boolean;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
}

/** A line of text, or several, with its label, help and fault. */
export function Field(props: FieldProps) {
  const {
    label,
    value,
    onChange,
    help,
    fault,
    isRequired = false,
    isDisabled = false,
    isLong,
    hasFocus,
    placeholder,
    inputMode,
    maxLength,
  } = props;
  const common = { ...(placeholder !== undefined && { placeholder }), ...(inputMode && { inputMode }), ...(maxLength && { maxLength }) };
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isRequired={isRequired}
      isDisabled={isDisabled}
      isInvalid={fault !== undefined}
      validationBehavior="aria"
      type={props.type ?? 'text'}
      {...(props.name && { name: props.name })}
      {...(props.autoComplete && { autoComplete: props.autoComplete })}
      {...(hasFocus && { autoFocus: true })}
    >
      <Label>{label}</Label>
      {isLong ? <TextArea {...common} /> : <Input {...common} />}
      {help !== undefined && (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      {fault !== undefined && <FieldError className="fault">{fault}</FieldError>}
    </TextField>
  );
}

/** One of a few things. */
export interface Choice<Id extends string> {
  readonly id: Id;
  readonly name: string;
}

interface ChooserProps<Id extends string> {
  readonly label: string;
  readonly value: Id;
  readonly choices: readonly Choice<Id>[];
  readonly onChange: (value: Id) => void;
  readonly help?: string;
  readonly isLabelHidden?: boolean;
}

/** One of many, from a list that opens. */
export function Chooser<Id extends string>({ label, value, choices, onChange, help, isLabelHidden }: ChooserProps<Id>) {
  return (
    <Select className="field" value={value} onChange={(key) => onChange(String(key) as Id)}>
      <Label className={isLabelHidden ? 'visually-hidden' : 'label'}>{label}</Label>
      <Button className="select-button">
        <SelectValue />
        <ChevronDown size={15} aria-hidden />
      </Button>
      {help !== undefined && (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      <Popover className="popover">
        <ListBox>
          {choices.map(({ id, name }) => (
            <ListBoxItem key={id} id={id} textValue={name} className="option">
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** One of a few, all of them in sight. */
export function Segments<Id extends string>({ label, value, choices, onChange }: ChooserProps<Id>) {
  return (
    <RadioGroup className="segments" aria-label={label} value={value} onChange={(key) => onChange(key as Id)} orientation="horizontal">
      {choices.map(({ id, name }) => (
        <Radio key={id} value={id} className="segment">
          {name}
        </Radio>
      ))}
    </RadioGroup>
  );
}
