/**
 * The drawing of the block: x flows through its branches and their transforms into the sum, then through the norm, the factor
 * and the ReLU. The drawing is also the control: a click on a branch switches it on or off, a click on its transform changes it.
 */
import { Popover, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { sameValue } from '../../experiment/presets';
import { SETTINGS, type Experiment } from '../../experiment/settings';
import { conflictIn } from '../../experiment/validation';
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { BRANCHES, DRAWN_BRANCHES, type DrawnBranch } from '../../network/branches';
import { partProps } from '../../page/parts';
import { blockFormula } from './block-formula';
import classes from './BlockDiagram.module.css';
import { BlockParts } from './BlockParts';
import { setTransform, toggleBranch, toggleNorm } from './branch-switch';
import { TRANSFORM_TEXTS } from './transform-texts';
import { NumberField } from '../controls/NumberField';
import { SettingRow } from '../controls/SettingRow';
import { useExperiment } from '../store/experiment';
import { BranchLegend, BranchLine } from './BranchLine';
import { useInterface } from '../store/interface-state';

const COLUMNS = DRAWN_BRANCHES.map((branch, i) => ({
  branch,
  x: 52 + 102 * i,
  label: BRANCHES[branch].drawnAs,
}));

const SUM_Y = 138;
const TAIL_Y = 178;

interface NodeProps {
  x: number;
  y: number;
  width: number;
  height?: number;
  label: string;
  /** Accessible name. */
  name: string;
  tip: ReactNode;
  pressed?: boolean;
  off?: boolean;
  disabled?: boolean;
  round?: boolean;
  onPress: () => void;
}

/** A button in the drawing, for mouse, touch and keyboard. */
function Node({
  x,
  y,
  width,
  height = 30,
  label,
  name,
  tip,
  pressed,
  off,
  disabled,
  round,
  onPress,
}: NodeProps) {
  const press = () => {
    if (!disabled) onPress();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    press();
  };
  return (
    <Tooltip label={tip}>
      <g
        className={classes.node}
        role="button"
        tabIndex={0}
        aria-label={name}
        aria-pressed={pressed}
        aria-disabled={disabled}
        data-on={!off || undefined}
        data-off={off || undefined}
        onClick={press}
        onKeyDown={onKeyDown}
      >
        <rect
          className={classes.shape}
          x={x - width / 2}
          y={y - height / 2}
          width={width}
          height={height}
          rx={round ? height / 2 : 6}
        />
        <text className={`${classes.text} ${round ? classes.small : ''}`} x={x} y={y}>
          {label}
        </text>
      </g>
    </Tooltip>
  );
}

const Arrow = ({ x, y, to }: { x: number; y: number; to: 'right' | 'down' }) => (
  <path className={classes.arrow} d={to === 'right' ? `M${x} ${y}l-7 -3.5v7z` : `M${x} ${y}l-3.5 -7h7z`} />
);

function Branch({
  branch,
  x,
  label,
  experiment,
}: {
  branch: DrawnBranch;
  x: number;
  label: string;
  experiment: Experiment;
}) {
  const remembered = useInterface((state) => state.lastTransform[branch]);
  const transform = experiment[branch];
  const off = transform === 'off';
  const why = off ? null : conflictIn({ ...experiment, [branch]: 'off' });
  const shown = off ? remembered : transform;
  const { next } = TRANSFORM_TEXTS[shown];
  const part = t(SETTINGS[branch].label);
  const what = t(TRANSFORM_TEXTS[shown].name);

  return (
    <>
      <BranchLine part={branch} off={off} d={`M${x} 28V${SUM_Y}`} />
      <Node
        x={x}
        y={56}
        width={82}
        label={
          'copied' in BRANCHES[branch] && experiment.copies > 1 ? `${experiment.copies} × ${label}` : t(label)
        }
        name={part}
        tip={
          why ??
          sentences(
            t(SETTINGS[branch].help),
            off ? t('Press to switch it on.') : t('Press to switch it off.'),
          )
        }
        pressed={!off}
        off={off}
        disabled={why !== null}
        onPress={() => toggleBranch(branch)}
      />
      <Node
        x={x}
        y={104}
        width={58}
        height={26}
        round
        label={off ? t('off') : t(TRANSFORM_TEXTS[shown].label)}
        name={t('{{part}}: {{what}}, change', { part, what: off ? t('off') : what })}
        tip={
          off
            ? t('Press to switch the branch on, with {{what}}.', { what })
            : t('Before the sum: {{what}}. Press for {{next}}.', {
                what,
                next: t(TRANSFORM_TEXTS[next].name),
              })
        }
        off={off}
        onPress={() => setTransform(branch, off ? remembered : next)}
      />
    </>
  );
}

const FACTORS = ['1', '1.5', '2', '3', '4'];

function Factor({ x, experiment }: { x: number; experiment: Experiment }) {
  const change = useExperiment((state) => state.change);
  const [opened, setOpened] = useState(false);
  const held = FACTORS.find((factor) => Number(factor) === experiment.factor) ?? '';
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={290}
      position="top"
      shadow="md"
      trapFocus
      returnFocus
      withArrow
    >
      <Popover.Target>
        <g>
          <Node
            x={x}
            y={TAIL_Y}
            width={54}
            height={30}
            round
            label={`· ${experiment.factor}`}
            name={t('{{part}}: {{what}}, change', {
              part: t(SETTINGS.factor.label),
              what: experiment.factor,
            })}
            tip={sentences(t(SETTINGS.factor.help), t('Press to change it.'))}
            off={experiment.factor === 1}
            onPress={() => setOpened(!opened)}
          />
        </g>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t('Common factors')}
            data={FACTORS.map((value) => ({ value, label: `× ${value}` }))}
            value={held}
            onChange={(value) => change({ factor: Number(value) })}
          />
          <NumberField settingKey="factor" label={t('Any factor')} />
          <SettingRow settingKey="factorAt" />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Below the drawing: further parts of the block, and its formula. */
function Below({ experiment }: { experiment: Experiment }) {
  return (
    <figcaption>
      <BranchLegend />
      <BlockParts />
      <p className={classes.formula} style={{ marginTop: 8 }}>
        {blockFormula(experiment)}
      </p>
      {!sameValue(experiment.identity, 'off') && (
        <Text size="xs" c="dimmed" ta="center" mt={2}>
          {t('The identity exists only where a block keeps its shape.')}
        </Text>
      )}
    </figcaption>
  );
}

/** The drawing, and unless `bare` the further parts and the formula below it. */
export function BlockDiagram({ bare = false }: { bare?: boolean }) {
  const experiment = useExperiment((state) => state.experiment);
  const norm = (x: number) => (
    <Node
      key="norm"
      x={x}
      y={TAIL_Y}
      width={58}
      height={30}
      label={experiment.norm === 'post' ? t('BN') : t('no norm')}
      name={t('Batch norm after the sum')}
      tip={sentences(
        t(SETTINGS.norm.help),
        experiment.norm === 'post' ? t('Press to remove it.') : t('Press to add one.'),
      )}
      pressed={experiment.norm === 'post'}
      off={experiment.norm !== 'post'}
      round
      onPress={toggleNorm}
    />
  );
  const factor = (x: number) => <Factor key="factor" x={x} experiment={experiment} />;
  const isOff = (index: number) => experiment[COLUMNS[index]!.branch] === 'off';
  return (
    <figure style={{ margin: 0 }} aria-label={t('The block')} {...partProps('block')}>
      <svg
        className={classes.drawing}
        viewBox="0 0 308 206"
        role="group"
        aria-label={t('Parts of the block')}
      >
        <text className={classes.text} x={154} y={8}>
          x
        </text>
        <path className={classes.wire} d="M154 16V28" />
        <path className={classes.wire} data-off={isOff(0) || undefined} d="M154 28H52" />
        <path className={classes.wire} data-off={isOff(2) || undefined} d="M154 28H256" />
        {COLUMNS.map((column) => (
          <Branch key={column.branch} {...column} experiment={experiment} />
        ))}
        <path className={classes.wire} data-off={isOff(2) || undefined} d={`M256 ${SUM_Y}H154`} />
        <path
          className={classes.wire}
          data-off={(isOff(2) && isOff(1)) || undefined}
          d={`M154 ${SUM_Y}H52`}
        />
        <path className={classes.wire} d={`M52 ${SUM_Y}H24V${TAIL_Y - 16}`} />
        <Arrow x={24} y={TAIL_Y - 13} to="down" />
        <path className={classes.wire} d={`M24 ${TAIL_Y}H300`} />
        <circle className={classes.shape} cx={24} cy={TAIL_Y} r={13} />
        <text className={classes.text} x={24} y={TAIL_Y}>
          Σ
        </text>
        {experiment.norm === 'post' && (
          <BranchLine part="norm" d={`M${experiment.factorAt === 'output' ? '86' : '156'} ${TAIL_Y}h58`} />
        )}
        {experiment.factorAt === 'output' ? [norm(86), factor(160)] : [factor(84), norm(156)]}
        <rect className={classes.shape} x={210} y={TAIL_Y - 15} width={58} height={30} rx={6} />
        <text className={`${classes.text} ${classes.small}`} x={239} y={TAIL_Y}>
          ReLU
        </text>
        <Arrow x={304} y={TAIL_Y} to="right" />
      </svg>
      {!bare && <Below experiment={experiment} />}
    </figure>
  );
}
