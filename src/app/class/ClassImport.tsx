/** Imports results of a class: by pasting, files, photographs or camera. Reports what was imported. */
import { Button, FileButton, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { IconFileUpload, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { DataFile } from '../../data/data-file';
import { dataFiles } from '../../data/data-file';
import { parts } from '../../language/join';
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import panel from '../controls/panel.module.css';
import { bringText, bringToClass } from './import-results';
import { CameraReader } from './CameraReader';
import type { Taken } from './class-store';
import { useBrought } from './import-report';

/** Number of reasons that are listed. */
const TOLD = 8;

function summaryOf({ fresh, better, known, refused }: Taken): string {
  const told = [
    fresh.length > 0 ? t('{{count}} results came in', { count: fresh.length }) : '',
    better.length > 0 ? t('{{results}} replaced by a longer or finer one', { results: better.length }) : '',
    known.length > 0 ? t('{{results}} here already', { results: known.length }) : '',
    refused.length > 0 ? t('{{refused}} refused', { refused: refused.length }) : '',
  ].filter((part) => part !== '');
  return told.length > 0 ? t('{{parts}}.', { parts: parts(told) }) : t('There was nothing in it.');
}

/** Imports dropped or chosen files; the view shows the report. */
export async function bringClassFiles(files: readonly DataFile[]): Promise<void> {
  const say = (state: Partial<ReturnType<typeof useBrought.getState>>) => useBrought.setState(state);
  say({ taken: null, reading: { file: 1, of: files.length } });
  try {
    const taken = await bringToClass(files, (done) => say({ reading: { file: done + 1, of: files.length } }));
    say({ taken });
  } finally {
    say({ reading: null });
  }
}

async function bringPasted(text: string, from: string): Promise<void> {
  useBrought.setState({ taken: await bringText(text, from), reading: null });
}

function Report() {
  const { taken, reading } = useBrought();
  return (
    <div role="status">
      {reading !== null && <Text size="sm">{t('Reading {{file}} of {{of}}…', { ...reading })}</Text>}
      {taken && (
        <Stack gap={4}>
          <Text size="sm" fw={600}>
            {summaryOf(taken)}
          </Text>
          {taken.refused.length > 0 && (
            <List size="sm" style={{ overflowWrap: 'anywhere' }}>
              {taken.refused.slice(0, TOLD).map(({ what, why }, i) => (
                // oxlint-disable-next-line react/no-array-index-key -- the same file may be refused twice alike.
                <List.Item key={i}>
                  <Rich
                    text="<what/>: <why/>."
                    parts={{ what: <b>{what.slice(0, 120)}</b>, why: <>{why}</> }}
                  />
                </List.Item>
              ))}
              {taken.refused.length > TOLD && (
                <List.Item>{t('and {{more}} more', { more: taken.refused.length - TOLD })}</List.Item>
              )}
            </List>
          )}
        </Stack>
      )}
    </div>
  );
}

export function ClassImport() {
  const [text, setText] = useState('');
  return (
    <section className={panel.panel} aria-label={t('Bring results')}>
      <Stack gap="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void bringPasted(text, t('The pasted text'));
            setText('');
          }}
        >
          <Textarea
            label={t('Paste result links')}
            description={t('Any text that has them in it: a chat, a list, one a line.')}
            placeholder="https://…/#r=…"
            autosize
            minRows={2}
            maxRows={6}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group gap="xs" mt="xs">
            <Button
              type="submit"
              size="xs"
              leftSection={<IconPlus size={16} aria-hidden />}
              disabled={text.trim() === ''}
            >
              {t('Add results')}
            </Button>
            <FileButton
              multiple
              onChange={(files) => void bringClassFiles(dataFiles(files))}
              inputProps={{ 'aria-label': t('Records, photographs or lists of links') }}
            >
              {(props) => (
                <Button
                  {...props}
                  size="xs"
                  variant="default"
                  leftSection={<IconFileUpload size={16} aria-hidden />}
                >
                  {t('Choose files or photographs')}
                </Button>
              )}
            </FileButton>
            <CameraReader onCode={(code) => void bringPasted(code, t('The code before the camera'))} />
          </Group>
        </form>
        <Report />
      </Stack>
    </section>
  );
}
