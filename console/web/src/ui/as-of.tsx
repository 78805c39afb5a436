import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { asOfText, instantOf } from '../lib/as-of.ts';
import { clock, exact } from '../lib/time.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { Shape } from './icon.tsx';
import { PopoverForm } from './popover.tsx';
import './as-of.css';

interface AsOfProps {
  asOf: string | undefined;
  onChange: (asOf: string | undefined) => void;
}

/** Whether the page shows now or a past moment, and the way to another one. */
export function AsOfControl({ asOf, onChange }: AsOfProps) {
  return (
    <PopoverForm
      label="Look at another moment"
      trigger={
        <AriaButton className={asOf === undefined ? 'as-of' : 'as-of on'}>
          {asOf === undefined ? (
            <>
              <span className="tip" aria-hidden="true" />
              <span>
                As of <b>now</b>
              </span>
            </>
          ) : (
            <>
              <Shape of="past" />
              <span>As of {asOfText(asOf)}</span>
            </>
          )}
        </AriaButton>
      }
    >
      {(close) => <AsOfForm asOf={asOf} onChange={onChange} close={close} />}
    </PopoverForm>
  );
}

function AsOfForm({ asOf, onChange, close }: AsOfProps & { close: () => void }) {
  const [date, setDate] = useState(asOf === undefined ? '' : localDate(instantOf(asOf)));
  // To the minute, as it is shown; a bare date has none.
  const [time, setTime] = useState(asOf?.includes('T') === true ? clock(asOf) : '');
  const choose = (next: string | undefined) => {
    onChange(next);
    close();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (date !== '') choose(time === '' ? date : new Date(`${date}T${time}`).toISOString());
      }}
    >
      <h2>As of another moment</h2>
      <Field label="Date" type="date" value={date} onChange={setDate} isRequired autoFocus />
      <Field
        label="Time, if it matters"
        type="time"
        value={time}
        onChange={setTime}
        help="In your time zone. A date alone means its end in UTC."
      />
      <div className="row">
        <Button kind="primary" type="submit">
          Show
        </Button>
        {asOf === undefined ? null : (
          <Button kind="ghost" onPress={() => choose(undefined)}>
            Back to now
          </Button>
        )}
      </div>
    </form>
  );
}

/** Over a page that shows the past, so that nobody takes it for the present. */
export function AsOfBanner({ asOf, onChange }: AsOfProps & { asOf: string }) {
  return (
    <div className="as-of-banner past" role="status">
      <Shape of="past" />
      <span>
        You are looking at <b title={exact(instantOf(asOf))}>{asOfText(asOf)}</b>.{' '}
        <span className="soft">Editing and Sync now are off until you go back to now.</span>
      </span>
      <Button size="small" onPress={() => onChange(undefined)}>
        Back to now
      </Button>
    </div>
  );
}

function localDate(instant: string): string {
  const at = new Date(instant);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
