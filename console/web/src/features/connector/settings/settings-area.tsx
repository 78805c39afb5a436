import { useState, type ReactNode } from 'react';
import type { Connector, FormField, SettingValue } from '@batonkit/console-contract';
import { dayAndClock } from '../../../lib/time.ts';
import { listed, shown } from '../../../lib/words.ts';
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
  const own = fields.filter((field) => field.advanced === advanced);
  if (own.length === 0) {
    return (
      <Area title={title}>
        <p className="small soft">This connector has none.</p>
      </Area>
    );
  }
  if (editing) {
    return (
      <SettingsForm
        title={title}
        connector={connector}
        fields={own}
        others={fields.filter((field) => !own.includes(field))}
        onEnd={() => setEditing(false)}
      />
    );
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
      <Facts of={Object.fromEntries(own.map((field) => [field.label, valueOf(field, connector)]))} />
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
          {setting.secret.names === null ? (
            <>
              <span className="mono" aria-hidden="true">
                ••••••••••••
              </span>
              <span className="mono">
                <span className="unseen">stored, ends in </span>
                {setting.secret.lastFour}
              </span>
            </>
          ) : (
            <>
              <span className="mono">{listed(setting.secret.names.map(shown))}</span>
              <span className="unseen">, values stored</span>
            </>
          )}{' '}
          <span className="quiet">
            set by <Name>{setting.secret.setBy}</Name>,{' '}
            <Time at={setting.secret.setAt}>{dayAndClock(setting.secret.setAt)}</Time>
          </span>
        </>
      ) : (
        <PlainValue value={setting?.value} field={field} />
      )}
      {field.name === 'accept' ? <AcceptedBy connector={connector} /> : null}
      {error === undefined ? null : (
        <span className="setting-error">
          <b>{error.title}</b> {error.remedy} <Code>{error.code}</Code>
        </span>
      )}
    </>
  );
}

/** Of exceptions the console keeps who took them, and when. */
function AcceptedBy({ connector: { settings } }: { connector: Connector }) {
  const text = (wanted: string) => settings.find(({ name }) => name === wanted)?.value;
  const [by, at] = [text('accepted-by'), text('accepted-at')];
  if (typeof by !== 'string') return null;
  return (
    <span className="quiet">
      {' '}
      accepted by <Name>{by}</Name>
      {typeof at === 'string' ? (
        <>
          , <Time at={at}>{dayAndClock(at)}</Time>
        </>
      ) : null}
    </span>
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

function textOf(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value !== 'object') return String(value);
  const items = Array.isArray(value) ? value : Object.entries(value).map(([name, text]) => `${name}: ${text}`);
  return items.map(shown).join(', ');
}
