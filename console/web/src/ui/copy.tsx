import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Icon } from './icon.tsx';
import './copy.css';

/** A text to take elsewhere, whole, though it may be seen in part. */
export function Copy({ text, what, children }: { text: string; what: string; children: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <Button className="copy mono" onPress={() => void copy()}>
      <span className="unseen">Copy {what} </span>
      {children}
      <Icon name={copied ? 'check' : 'copy'} />
      <span className="unseen" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </Button>
  );
}
