import type { ReactNode } from 'react';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import './popover.css';

/** A small form that a button opens beside itself. */
export function PopoverForm({
  trigger,
  label,
  children,
}: {
  trigger: ReactNode;
  label: string;
  children: (close: () => void) => ReactNode;
}) {
  return (
    <DialogTrigger>
      {trigger}
      <Popover className="popover" placement="bottom end">
        <Dialog className="popover-form" aria-label={label}>
          {({ close }) => children(close)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
