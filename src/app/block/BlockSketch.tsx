/** A small drawing of a block for tables: branches with their transforms, sum, norm and factor. */
import type { Experiment } from '../../experiment/settings';
import { BRANCH_NAMES, branchRow } from '../../network/branches';
import { blockFormula } from './block-formula';
import classes from './BlockSketch.module.css';
import { TRANSFORM_TEXTS } from './transform-texts';

interface Column {
  label: string;
  mark: string;
}

function columnsOf(e: Experiment): Column[] {
  if (e.form === 'gradmult') return [{ label: 'K', mark: '' }];
  return BRANCH_NAMES.flatMap((name) => {
    const transform = e[name];
    if (transform === 'off') return [];
    const { short, copied } = branchRow(name);
    return {
      label: copied && e.copies > 1 ? `${e.copies}×${short}` : short,
      mark: TRANSFORM_TEXTS[transform].mark,
    };
  });
}

const COLUMN = 34;
const TOP = 6;
const SUM = 62;

/** The block of `experiment`, `width` px wide. */
export function BlockSketch({ experiment, width = 132 }: { experiment: Experiment; width?: number }) {
  const columns = columnsOf(experiment);
  const inner = Math.max(columns.length, 3) * COLUMN;
  const middle = inner / 2;
  const start = middle - ((columns.length - 1) * COLUMN) / 2;
  const x = (i: number) => start + i * COLUMN;
  const post = [
    experiment.norm === 'post' ? 'BN' : null,
    experiment.factor === 1 ? null : `×${experiment.factor}`,
  ].filter((part) => part !== null);
  return (
    <svg
      className={classes.sketch}
      role="img"
      aria-label={blockFormula(experiment)}
      viewBox={`0 0 ${inner} 88`}
      style={{ width, maxWidth: '100%' }}
    >
      <path className={classes.wire} d={`M${x(0)} ${TOP}H${x(columns.length - 1)}`} />
      <path className={classes.wire} d={`M${x(0)} ${SUM}H${x(columns.length - 1)}`} />
      {columns.map(({ label, mark }, i) => (
        <g key={label}>
          <path className={classes.wire} d={`M${x(i)} ${TOP}V${SUM}`} />
          <rect className={classes.shape} x={x(i) - 15} y={13} width={30} height={17} rx={3} />
          <text className={classes.text} x={x(i)} y={22}>
            {label}
          </text>
          {mark !== '' && (
            <>
              <rect className={classes.shape} x={x(i) - 11} y={37} width={22} height={15} rx={7.5} />
              <text className={classes.text} x={x(i)} y={45}>
                {mark}
              </text>
            </>
          )}
        </g>
      ))}
      <path className={classes.wire} d={`M${middle} ${SUM}V72`} />
      <text className={classes.text} x={middle} y={80}>
        {['Σ', ...post, 'relu'].join(' · ')}
      </text>
    </svg>
  );
}
