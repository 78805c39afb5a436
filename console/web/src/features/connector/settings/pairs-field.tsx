import { useId } from 'react';
import type { ErrorReport } from '@batonkit/console-contract';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Code } from '../../../ui/note.tsx';
import type { Pair } from './draft.ts';
import './pairs-field.css';

interface PairsFieldProps {
  label: string;
  help: string;
  secret: boolean;
  error: ErrorReport | undefined;
  pairs: readonly Pair[];
  onChange: (pairs: readonly Pair[]) => void;
}

/** Names, each with a value; of secrets the values are only ever written. */
export function PairsField({ label, help, secret, error, pairs, onChange }: PairsFieldProps) {
  const id = useId();
  const change = (index: number, part: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <div
      className="field pairs"
      role="group"
      aria-labelledby={id}
      aria-describedby={`${id}-help`}
      {...(error === undefined ? {} : { 'data-invalid': true })}
    >
      <span id={id} className="form-title">
        {label}
      </span>
      {pairs.length === 0 ? null : (
        <ul>
          {pairs.map((pair, index) => (
            <li key={pair.line}>
              <Field
                label={`Name ${index + 1}`}
                value={pair.name}
                onChange={(name) => change(index, { name })}
                isReadOnly={pair.stored}
                mono
              />
              <Field
                label={`Value ${index + 1}`}
                type={secret ? 'password' : 'text'}
                value={pair.value}
                onChange={(value) => change(index, { value })}
                placeholder={pair.stored ? 'Stored' : ''}
                mono
              />
              <Button
                icon="close"
                size="small"
                aria-label={`Remove ${pair.name === '' ? `line ${index + 1}` : pair.name}`}
                onPress={() => onChange(pairs.filter((_, at) => at !== index))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button icon="plus" size="small" onPress={() => onChange([...pairs, blankLine(pairs)])}>
        Add a line
      </Button>
      {error === undefined ? (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      ) : (
        <p id={`${id}-help`} className="help error">
          <b>{error.title}</b> {error.meaning} {error.remedy} <Code>{error.code}</Code>
        </p>
      )}
    </div>
  );
}

function blankLine(pairs: readonly Pair[]): Pair {
  return { line: Math.max(-1, ...pairs.map(({ line }) => line)) + 1, name: '', value: '', stored: false };
}
