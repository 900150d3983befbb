/** A block in small, for tables: its branches with their transforms, the sum, the norm, the factor. */
import type { Experiment } from '../../experiment/settings';
import { blockFormula } from './block-formula';
import classes from './BlockSketch.module.css';

const MARKS: Record<string, string> = {
  none: '',
  constant: 'c',
  scale: 's',
  weightnorm: 's̄',
  bn: 'BN',
};

interface Column {
  label: string;
  mark: string;
}

function columnsOf(e: Experiment): Column[] {
  if (e.form === 'gradmult') return [{ label: 'K', mark: '' }];
  const columns: (Column | null)[] = [
    e.conv3x3 === 'off' ? null : { label: e.copies > 1 ? `${e.copies}×3x3` : '3x3', mark: MARKS[e.conv3x3]! },
    e.conv1x1 === 'off' ? null : { label: '1x1', mark: MARKS[e.conv1x1]! },
    e.conv3x1 === 'off' ? null : { label: '3x1', mark: MARKS[e.conv3x1]! },
    e.conv1x3 === 'off' ? null : { label: '1x3', mark: MARKS[e.conv1x3]! },
    e.seq3x3 === 'off' ? null : { label: '1→3', mark: 'BN' },
    e.seqAvg === 'off' ? null : { label: '1→avg', mark: 'BN' },
    e.identity === 'off' ? null : { label: 'id', mark: MARKS[e.identity]! },
  ];
  return columns.filter((column) => column !== null);
}

const COLUMN = 34;
const TOP = 6;
const SUM = 62;

/** The block that `experiment` has, `width` px wide. */
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
