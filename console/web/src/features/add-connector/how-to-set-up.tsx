import { Label } from 'react-aria-components/Label';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import type { App } from '@batonkit/console-contract';
import '../../ui/picker.css';
import { Picker } from '../../ui/picker.tsx';

export type SetUpChoice = { kind: 'unmanaged_app' } | { kind: 'managed_app'; appId?: string } | { kind: 'new_app' };

interface HowToSetUpProps {
  name: string;
  apps: App[];
  choice: SetUpChoice;
  onChange: (choice: SetUpChoice) => void;
}

/** The three ways of the documentation. */
export function HowToSetUp({ name, apps, choice, onChange }: HowToSetUpProps) {
  return (
    <>
      <RadioGroup className="ways" value={choice.kind} onChange={(kind) => onChange({ kind } as SetUpChoice)}>
        <Label className="form-title">Choose how to set it up</Label>
        <Radio value="unmanaged_app" className="way">
          <span className="dot" aria-hidden="true" />
          <span>
            <b>Add to a currently unmanaged app</b>
            <span className="way-words">
              None discovered. Unmanaged apps come from an identity provider, and none is connected.
            </span>
          </span>
        </Radio>
        <Radio value="managed_app" className="way">
          <span className="dot" aria-hidden="true" />
          <span>
            <b>Add to a managed app</b>
            <span className="way-words">
              A second source for an app that is already here.{apps.length === 0 ? ' There is none yet.' : ''}
            </span>
          </span>
        </Radio>
        <Radio value="new_app" className="way">
          <span className="dot" aria-hidden="true" />
          <span>
            <b>Create a new managed app</b>
            <span className="way-words">Accounts, roles and history get an app of their own, called {name}.</span>
          </span>
        </Radio>
      </RadioGroup>
      {choice.kind === 'managed_app' && apps.length > 0 ? (
        <div className="which-app">
          <Picker
            label="App"
            placeholder="Choose an app"
            options={apps.map((app) => ({ id: app.id, text: app.name }))}
            chosen={choice.appId}
            onChange={(appId) => onChange({ kind: 'managed_app', appId })}
          />
        </div>
      ) : null}
    </>
  );
}
