import { Icon } from '../../ui/icon.tsx';

const STEPS = ['Connector', 'App and owner', 'Settings'] as const;

/** How far the set-up is. */
export function Steps({ now }: { now: (typeof STEPS)[number] }) {
  const at = STEPS.indexOf(now);
  return (
    <ol className="steps" aria-label="Steps of the set-up">
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={index < at ? 'done' : index === at ? 'now' : ''}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          <span className="step-mark" aria-hidden="true">
            {index < at ? <Icon name="check" /> : index + 1}
          </span>
          <span className="step-name">{step}</span>
          {index < at ? <span className="unseen"> (done)</span> : null}
        </li>
      ))}
    </ol>
  );
}
