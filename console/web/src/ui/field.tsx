import type { ReactNode } from 'react';
import { Checkbox } from 'react-aria-components/Checkbox';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { TextArea } from 'react-aria-components/TextArea';
import { Text } from 'react-aria-components/Text';
import { TextField, type TextFieldProps } from 'react-aria-components/TextField';
import { Icon } from './icon.tsx';
import { Code } from './note.tsx';
import './field.css';

export interface FieldError {
  code: string;
  title: string;
  meaning: string;
  remedy: string;
}

interface FieldProps extends Omit<TextFieldProps, 'className' | 'children' | 'isInvalid'> {
  label: string;
  help?: ReactNode;
  /** Takes the place of the help. */
  error?: FieldError | undefined;
  placeholder?: string;
  /** For addresses, ids and keys. */
  mono?: boolean;
  inputMode?: 'numeric';
}

/** One line to fill in: label above, help below, and an error in the place of the help. */
export function Field({ label, help, error, placeholder, mono = false, inputMode, ...rest }: FieldProps) {
  return (
    <TextField {...rest} className="field" isInvalid={error !== undefined} validationBehavior="aria">
      <Label>{label}</Label>
      <Input
        className={mono ? 'input mono' : 'input'}
        {...(placeholder === undefined ? {} : { placeholder })}
        {...(inputMode === undefined ? {} : { inputMode })}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
      />
      <Help help={help} error={error} />
    </TextField>
  );
}

/** Several texts, one a line. */
export function Lines({ label, help, error, placeholder, ...rest }: Omit<FieldProps, 'mono' | 'inputMode' | 'type'>) {
  return (
    <TextField {...rest} className="field" isInvalid={error !== undefined} validationBehavior="aria">
      <Label>{label}</Label>
      <TextArea
        className="input mono lines"
        rows={3}
        {...(placeholder === undefined ? {} : { placeholder })}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
      />
      <Help help={help} error={error} />
    </TextField>
  );
}

/** Text under a field, tied to it. */
export function Help({ help, error }: { help: ReactNode; error: FieldError | undefined }) {
  if (error !== undefined) {
    return (
      <Text slot="errorMessage" elementType="p" className="help error">
        <b>{error.title}</b> {error.meaning} {error.remedy} <Code>{error.code}</Code>
      </Text>
    );
  }
  if (help === undefined || help === '') return null;
  return (
    <Text slot="description" elementType="p" className="help">
      {help}
    </Text>
  );
}

interface CheckProps {
  label: string;
  help?: string;
  error?: FieldError | undefined;
  isSelected: boolean;
  onChange: (on: boolean) => void;
}

/** Yes or no. */
export function Check({ label, help, error, isSelected, onChange }: CheckProps) {
  return (
    <div className="field">
      <Checkbox className="check" isSelected={isSelected} onChange={onChange} isInvalid={error !== undefined}>
        <span className="box" aria-hidden="true">
          <Icon name="check" />
        </span>
        {label}
      </Checkbox>
      {error === undefined ? (
        <p className="help">{help}</p>
      ) : (
        <p className="help error">
          <b>{error.title}</b> {error.meaning} {error.remedy} <Code>{error.code}</Code>
        </p>
      )}
    </div>
  );
}

interface SearchProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  large?: boolean;
  autoFocus?: boolean;
}

/** Narrows what is listed below it. */
export function Search({ label, placeholder, value, onChange, large = false, autoFocus = false }: SearchProps) {
  return (
    <TextField
      className={large ? 'search large' : 'search'}
      type="search"
      aria-label={label}
      value={value}
      onChange={onChange}
      autoFocus={autoFocus}
    >
      <Icon name="search" />
      <Input className="search-input" placeholder={placeholder} spellCheck={false} autoComplete="off" />
    </TextField>
  );
}
