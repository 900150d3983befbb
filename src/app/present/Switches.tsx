/** The parts of the block with the digits that switch them. */
import { phrase, t } from '../../language/language';
import { BRANCHES, DRAWN_BRANCHES } from '../../network/branches';
import { toggleBranch, toggleNorm } from '../block/branch-switch';
import { useExperiment } from '../store/experiment';
import classes from './present.module.css';
import { usePresent } from './store';

/** In the order of the drawing; the n-th is switched by the digit n. */
const PARTS = [
  ...DRAWN_BRANCHES.map((id) => ({ id, label: BRANCHES[id].drawnAs, toggle: () => toggleBranch(id) })),
  { id: 'norm' as const, label: phrase('BN after the sum'), toggle: toggleNorm },
];

/** Switches the n-th part, from 1; says why if the block needs it. */
export function switchPart(number: number): void {
  const part = PARTS[number - 1];
  if (part) usePresent.setState({ refusal: part.toggle() });
}

export function Switches() {
  const experiment = useExperiment((state) => state.experiment);
  return (
    <div className={classes.switches} role="group" aria-label={t('Parts of the block')}>
      {PARTS.map(({ id, label }, i) => {
        const on = id === 'norm' ? experiment.norm === 'post' : experiment[id] !== 'off';
        return (
          <button
            key={id}
            type="button"
            className={classes.button}
            aria-pressed={on}
            aria-keyshortcuts={String(i + 1)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => switchPart(i + 1)}
          >
            <kbd>{i + 1}</kbd> {t(label)}
            <span className={classes.state} aria-hidden>
              {on ? '✓' : '✗'}
            </span>
          </button>
        );
      })}
    </div>
  );
}
