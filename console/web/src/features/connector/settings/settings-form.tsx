import { useEffect, useRef, useState } from 'react';
import type { Connector, ErrorReport, FormField } from '@batonkit/console-contract';
import { ApiProblem, reportOf } from '../../../lib/api-problem.ts';
import { dayAndClock } from '../../../lib/time.ts';
import { Area } from '../../../ui/area.tsx';
import { Button } from '../../../ui/button.tsx';
import { Check, Field, Lines } from '../../../ui/field.tsx';
import { ErrorNote } from '../../../ui/note.tsx';
import { Picker } from '../../../ui/picker.tsx';
import { useConnectorAction } from '../use-connector-action.ts';
import { entered, initialOf, type Draft, type DraftValue } from './draft.ts';
import { errorOf } from './error-of.ts';
import { PairsField } from './pairs-field.tsx';

interface SettingsFormProps {
  title: string;
  connector: Connector;
  fields: FormField[];
  /** Of the connector's other form: one of them is shown, too, when what is entered here makes it wrong. */
  others: FormField[];
  onEnd: () => void;
}

/** The form of the connector's own declaration. Save keeps it and starts a sync. */
export function SettingsForm({ title, connector, fields: own, others, onEnd }: SettingsFormProps) {
  const [draft, setDraft] = useState<Draft>(() => initialOf([...own, ...others], connector.settings));
  const [joined, setJoined] = useState<readonly string[]>([]);
  const fields = [...own, ...others.filter(({ name }) => joined.includes(name))];
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const save = useConnectorAction(connector.id, 'saveSettings');
  const form = useRef<HTMLFormElement>(null);
  const problems = save.error instanceof ApiProblem ? save.error.fields : [];
  // A finding about a field that this form does not show must not be lost.
  const elsewhere = problems.filter(({ field }) => fields.every(({ name }) => name !== field));
  useEffect(() => {
    if (save.error !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [save.error]);
  const join = (error: unknown) => {
    const found = error instanceof ApiProblem ? error.fields.map(({ field }) => field ?? '') : [];
    setJoined((now) => [...now, ...found]);
  };
  const errorFor = (name: string): ErrorReport | undefined => {
    if (changed.has(name)) return undefined;
    return problems.find(({ field }) => field === name) ?? (save.error === null ? errorOf(connector, name) : undefined);
  };
  const change = (name: string, value: DraftValue) => {
    setDraft((now) => ({ ...now, [name]: value }));
    setChanged((now) => new Set(now).add(name));
  };
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (save.isPending) return;
        setChanged(new Set());
        save.mutate({ values: entered(fields, draft) }, { onSuccess: onEnd, onError: join });
      }}
    >
      <Area
        title={title}
        side={<span className="flag idle">Editing</span>}
        footer={
          <>
            <Button kind="primary" type="submit" waiting={save.isPending && 'Saving'}>
              Save
            </Button>
            <Button aria-label="Cancel editing" onPress={onEnd}>
              Cancel
            </Button>
            <span className="small quiet">Saving starts a sync.</span>
          </>
        }
      >
        {save.error !== null && problems.length === 0 ? <ErrorNote report={reportOf(save.error)} /> : null}
        {elsewhere.map((report) => (
          <ErrorNote key={`${report.field ?? ''} ${report.code}`} report={report} />
        ))}
        <div className="form-column">
          {fields.map((field, index) => (
            <SettingField
              key={field.name}
              field={field}
              value={draft[field.name] ?? ''}
              stored={connector.settings.find(({ name }) => name === field.name)?.secret}
              error={errorFor(field.name)}
              onChange={(value) => change(field.name, value)}
              autoFocus={index === 0}
            />
          ))}
        </div>
      </Area>
    </form>
  );
}

interface SettingFieldProps {
  field: FormField;
  value: DraftValue;
  stored: Connector['settings'][number]['secret'];
  error: ErrorReport | undefined;
  onChange: (value: DraftValue) => void;
  autoFocus: boolean;
}

const UNSET = ' ';

function SettingField({ field, value, stored, error, onChange, autoFocus }: SettingFieldProps) {
  if (field.kind === 'boolean') {
    return (
      <Check
        label={field.label}
        help={field.description}
        error={error}
        isSelected={value === true}
        onChange={onChange}
      />
    );
  }
  if (field.kind === 'map') {
    const kept = field.secret ? ' A value that is left blank stays as it is stored.' : '';
    return (
      <PairsField
        label={field.label}
        help={`${field.description}${kept}`}
        secret={field.secret}
        error={error}
        pairs={typeof value === 'object' ? value : []}
        onChange={onChange}
      />
    );
  }
  const text = typeof value === 'string' ? value : '';
  if (field.kind === 'list') {
    return (
      <Lines
        label={field.label}
        value={text}
        onChange={onChange}
        placeholder={field.placeholder}
        help={`${field.description} One a line.`}
        error={error}
        autoFocus={autoFocus}
      />
    );
  }
  if (field.choices !== undefined) {
    // A choice cannot be taken back by choosing nothing, so nothing is a choice.
    const nothing = field.default === undefined && !field.required ? [{ id: UNSET, text: 'Not set' }] : [];
    return (
      <Picker
        label={field.label}
        placeholder={field.default === undefined ? 'Not set' : `${String(field.default)} (default)`}
        options={[...nothing, ...field.choices.map((choice) => ({ id: choice, text: choice }))]}
        chosen={text === '' ? undefined : text}
        onChange={(id) => onChange(id === UNSET ? '' : id)}
        help={field.description}
        error={error}
      />
    );
  }
  const kept =
    stored === undefined
      ? ''
      : `Leave it blank to keep the stored one, set by ${stored.setBy} on ${dayAndClock(stored.setAt)}.`;
  return (
    <Field
      label={field.label}
      type={field.secret ? 'password' : 'text'}
      value={text}
      onChange={onChange}
      placeholder={
        stored === undefined
          ? field.placeholder
          : `Stored${stored.lastFour === '' ? '' : `, ends in ${stored.lastFour}`}`
      }
      help={[field.description, kept].filter(Boolean).join(' ')}
      error={error}
      mono={field.kind === 'text'}
      isRequired={field.required && stored === undefined}
      autoFocus={autoFocus}
      {...(field.kind === 'number' ? { inputMode: 'numeric' as const } : {})}
    />
  );
}
