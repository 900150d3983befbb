/** Contents of the cells of the table of runs, by column. */
import { UnstyledButton } from '@mantine/core';
import { IconGitCompare, IconStar, IconStarFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { PANEL_LABELS } from '../../network/curves';
import { runColour } from '../../charts/run-colour';
import { listed } from '../../language/join';
import { backendName } from '../../experiment/backends';
import { bytes, count, dateAndTime, speed } from '../controls/format';
import { remarkOn } from '../store/history';
import { useRun } from '../store/run';
import { useRunsTable, type ColumnId } from '../store/runs-table';
import { useSelection } from '../store/selected-runs';
import { Renamable } from './RunName';
import { bytesOf, dipsInWords, percent, STATE_LABELS, type RunRow } from '../../runs/history/table-rows';
import { Thumbnail } from './Thumbnail';
import classes from './RunsView.module.css';

export interface CellProps {
  row: RunRow;
  selected: boolean;
  /** Whether the run can be selected: a limited number can. */
  selectable: boolean;
  opened: boolean;
  /** Whether it is the run that the others are compared with. */
  isBase: boolean;
  dark: boolean;
}

/** Number of steps of a run that this page is training; updates while it trains. */
function LiveSteps({ row: { entry } }: Pick<CellProps, 'row'>) {
  const done = useRun(
    ({ run, beside }) => [run, beside].find((one) => one?.id === entry.id)?.series.count ?? entry.steps,
  );
  // The series grow outside React, so this subscribes to their revision.
  useRun((state) => state.revision);
  return count(done);
}

function Name({ row: { entry }, opened, dark }: CellProps) {
  const { id, name, number, tags } = entry;
  return (
    <div className={classes.name}>
      <span className={classes.swatch} style={{ background: runColour(number, dark) }} aria-hidden />
      <div className={classes.nameText}>
        <Renamable entry={entry}>
          <UnstyledButton
            className={classes.nameButton}
            title={name}
            aria-expanded={opened}
            aria-label={t('Details of {{run}}', { run: name })}
            onClick={() => useRunsTable.setState({ opened: opened ? null : id })}
          >
            {name}
          </UnstyledButton>
        </Renamable>
        {tags.length > 0 && <div className={classes.tags}>{tags.map((tag) => `#${tag}`).join(' ')}</div>}
      </div>
    </div>
  );
}

function Dip({ row: { entry, dip } }: CellProps) {
  if (!dip) return <span className={classes.faint}>{t('none')}</span>;
  const others = entry.dips.filter((other) => other !== dip);
  return (
    <div title={dipsInWords(entry).join('\n')}>
      <div className={classes.whole}>
        {t('{{depth}} at {{step}}', { depth: percent(dip.depth), step: count(dip.step) })}
      </div>
      <div className={classes.sub}>
        {listed([
          t(PANEL_LABELS[dip.panel]),
          ...others.map(({ panel, depth }) =>
            t('{{panel}} {{depth}}', { panel: t(PANEL_LABELS[panel]), depth: percent(depth) }),
          ),
        ])}
      </div>
    </div>
  );
}

function Differences({ row: { entry, differences }, isBase }: CellProps) {
  const { id, name } = entry;
  return (
    <div className={classes.differences}>
      <span className={isBase ? classes.faint : classes.line} title={differences}>
        {isBase ? t('the others are compared with it') : differences}
      </span>
      <UnstyledButton
        className={classes.rowButton}
        aria-label={t('Compare with {{run}}', { run: name })}
        title={t('Compare with this run')}
        aria-pressed={isBase}
        onClick={() => useRunsTable.setState({ base: isBase ? null : id })}
      >
        <IconGitCompare size={15} aria-hidden />
      </UnstyledButton>
    </div>
  );
}

function Star({ row: { entry } }: CellProps) {
  const { id, name, starred } = entry;
  const Icon = starred ? IconStarFilled : IconStar;
  return (
    <UnstyledButton
      className={classes.rowButton}
      aria-label={t('Star {{run}}', { run: name })}
      aria-pressed={starred}
      onClick={() => void remarkOn(id, { starred: !starred })}
    >
      <Icon size={16} aria-hidden className={starred ? classes.starred : undefined} />
    </UnstyledButton>
  );
}

export const CELLS: Record<ColumnId, (props: CellProps) => ReactNode> = {
  selected: ({ row: { entry }, selected, selectable }) => (
    <input
      type="checkbox"
      className={classes.check}
      aria-label={t('Select {{run}}', { run: entry.name })}
      title={selectable ? undefined : t('No more runs can be selected')}
      checked={selected}
      disabled={!selectable}
      onChange={() => useSelection.getState().toggle(entry.id)}
    />
  ),
  starred: Star,
  name: Name,
  curves: ({ row: { entry }, dark }) => (
    <Thumbnail thumbnail={entry.thumbnail} colour={runColour(entry.number, dark)} />
  ),
  differences: Differences,
  steps: ({ row }) => (
    <span className={classes.whole}>
      {row.standing === 'running' || row.standing === 'paused' ? (
        <LiveSteps row={row} />
      ) : (
        count(row.entry.steps)
      )}
      {' / '}
      {count(row.entry.totalSteps)}
    </span>
  ),
  top1: ({ row: { entry } }) =>
    entry.evaluation ? (
      <>
        <div className={classes.whole}>{percent(entry.evaluation.top1)}</div>
        <div className={classes.sub}>
          {t('of {{images}} images', {
            count: entry.evaluation.images,
            images: count(entry.evaluation.images),
          })}
        </div>
      </>
    ) : (
      <span className={classes.faint}>{t('not tested')}</span>
    ),
  dip: Dip,
  standing: ({ row: { standing } }) => (
    <span className={classes.standing} data-standing={standing}>
      {t(STATE_LABELS[standing])}
    </span>
  ),
  date: ({ row: { entry } }) => <span className={classes.whole}>{dateAndTime(entry.createdAt)}</span>,
  backend: ({ row: { entry } }) => (
    <>
      <div className={classes.whole}>{backendName(entry.backend)}</div>
      <div className={classes.sub} title={messageText(entry.adapter)}>
        {messageText(entry.adapter)}
      </div>
    </>
  ),
  speed: ({ row: { entry } }) => (entry.imagesPerSecond > 0 ? speed(entry.imagesPerSecond) : '–'),
  dataset: ({ row: { entry } }) => (
    <div className={classes.line} title={entry.dataset.digest}>
      {messageText(entry.dataset.label)}
    </div>
  ),
  size: ({ row: { entry } }) => <span className={classes.whole}>{bytes(bytesOf(entry))}</span>,
};
