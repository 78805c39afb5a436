import { useId } from 'react';
import { Button } from 'react-aria-components/Button';
import type { User } from '@batonkit/console-contract';
import { Icon } from './icon.tsx';
import { Picker } from './picker.tsx';
import { Avatar, Name } from './text.tsx';

interface OwnerPickerProps {
  people: readonly User[];
  me: string | undefined;
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}

/** Who answers for a connector: one person or several. */
export function OwnerPicker({ people, me, chosen, onChange }: OwnerPickerProps) {
  const id = useId();
  const owners = people.filter((person) => chosen.includes(person.id));
  const others = people.filter((person) => !chosen.includes(person.id));
  return (
    <div role="group" aria-labelledby={id}>
      <span id={id} className="form-title">
        Owner
      </span>
      <ul className="owners">
        {owners.map((owner) => (
          <li key={owner.id} className="owner">
            <Avatar name={owner.name} />
            <span>
              <Name>{owner.name}</Name>
              {owner.id === me ? ' (you)' : ''}
            </span>
            <Button
              aria-label={`Remove ${owner.name}`}
              onPress={() => onChange(chosen.filter((each) => each !== owner.id))}
            >
              <Icon name="close" />
            </Button>
          </li>
        ))}
      </ul>
      {others.length === 0 ? (
        <p className="help">Owners answer for the connector. Nobody else has an account of this console yet.</p>
      ) : (
        <Picker
          label="Add an owner"
          placeholder="Choose a person"
          options={others.map((person) => ({ id: person.id, text: person.name }))}
          chosen={undefined}
          onChange={(added) => onChange([...chosen, added])}
        />
      )}
    </div>
  );
}
