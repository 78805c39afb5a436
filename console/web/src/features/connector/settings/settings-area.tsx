import { useState, type ReactNode } from 'react';
import type { Connector, FormField } from '@batonkit/console-contract';
import { dayAndClock } from '../../../lib/time.ts';
import { Area, Facts } from '../../../ui/area.tsx';
import { Button } from '../../../ui/button.tsx';
import { Code, Note } from '../../../ui/note.tsx';
import { Name, Time } from '../../../ui/text.tsx';
import { errorOf } from './error-of.ts';
import { SettingsForm } from './settings-form.tsx';
import './settings-area.css';

interface SettingsAreaProps {
  connector: Connector;
  /** Undefined when the connector's program is not known to this console. */
  fields: FormField[] | undefined;
  advanced?: boolean;
}

/** What the connector was told, with the way to change it. The form is the connector's own declaration. */
export function SettingsArea({ connector, fields, advanced = false }: SettingsAreaProps) {
  const [editing, setEditing] = useState(false);
  const title = advanced ? 'Advanced settings' : 'Settings';
  if (fields === undefined) {
    return (
      <Area title={title}>
        <Note tone="warn" title="This console was started without the program of this connector.">
          <p>Its settings cannot be shown or changed. What it has read so far stays.</p>
        </Note>
      </Area>
    );
  }
  const shown = fields.filter((field) => field.advanced === advanced);
  if (shown.length === 0) {
    return (
      <Area title={title}>
        <p className="small soft">This connector has none.</p>
      </Area>
    );
  }
  if (editing) {
    return <SettingsForm title={title} connector={connector} fields={shown} onEnd={() => setEditing(false)} />;
  }
  return (
    <Area
      title={title}
      side={
        <Button onPress={() => setEditing(true)} {...(advanced ? { 'aria-label': 'Edit advanced settings' } : {})}>
          Edit
        </Button>
      }
    >
      <Facts of={Object.fromEntries(shown.map((field) => [field.label, valueOf(field, connector)]))} />
    </Area>
  );
}

function valueOf(field: FormField, connector: Connector): ReactNode {
  const setting = connector.settings.find(({ name }) => name === field.name);
  const error = errorOf(connector, field.name);
  return (
    <>
      {setting?.secret !== undefined ? (
        <>
          <span className="mono" aria-hidden="true">
            ••••••••••••
          </span>
          <span className="mono">
            <span className="unseen">stored, ends in </span>
            {setting.secret.lastFour}
          </span>{' '}
          <span className="quiet">
            set by <Name>{setting.secret.setBy}</Name>,{' '}
            <Time at={setting.secret.setAt}>{dayAndClock(setting.secret.setAt)}</Time>
          </span>
        </>
      ) : (
        <PlainValue value={setting?.value} field={field} />
      )}
      {error === undefined ? null : (
        <span className="setting-error">
          <b>{error.title}</b> {error.remedy} <Code>{error.code}</Code>
        </span>
      )}
    </>
  );
}

function PlainValue({ value, field }: { value: Connector['settings'][number]['value']; field: FormField }) {
  if (value === undefined) {
    if (field.default === undefined || field.default === false) {
      return <span className="quiet">{field.required ? 'Missing' : field.kind === 'boolean' ? 'No' : 'Not set'}</span>;
    }
    return <span className="quiet">{textOf(field.default)} (default)</span>;
  }
  return <span className={field.kind === 'text' ? 'mono' : ''}>{textOf(value)}</span>;
}

function textOf(value: string | number | boolean | string[]): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
