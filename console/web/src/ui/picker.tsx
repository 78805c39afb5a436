import { Button } from 'react-aria-components/Button';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { Help, type FieldError } from './field.tsx';
import { Icon } from './icon.tsx';
import './field.css';
import './popover.css';
import './picker.css';

interface PickerProps {
  label: string;
  placeholder: string;
  options: readonly { id: string; text: string }[];
  chosen: string | undefined;
  onChange: (id: string) => void;
  help?: string;
  error?: FieldError | undefined;
}

/** One of several. */
export function Picker({ label, placeholder, options, chosen, onChange, help, error }: PickerProps) {
  return (
    <Select
      className="field"
      placeholder={placeholder}
      value={chosen ?? null}
      onChange={(key) => key !== null && onChange(String(key))}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      <Button className="input picker">
        <SelectValue />
        <Icon name="chevron" />
      </Button>
      <Help help={help} error={error} />
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {({ id, text }) => (
            <ListBoxItem id={id} textValue={text} className="menu-item">
              <bdi>{text}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
