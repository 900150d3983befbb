/** The ways in: paste, files, photographs, the camera; and what became of what was brought. */
import { Button, FileButton, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { IconFileUpload, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { DataFile } from '../../data/data-file';
import { dataFiles } from '../../data/data-file';
import panel from '../panel.module.css';
import { bringText, bringToClass } from './bring';
import { CameraReader } from './CameraReader';
import type { Taken } from './store';
import { useBrought } from './brought-store';

/** Reasons that are told. */
const TOLD = 8;

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

function summaryOf({ fresh, better, known, refused }: Taken): string {
  const parts = [
    fresh.length > 0 ? `${counted(fresh.length, 'result')} came in` : '',
    better.length > 0 ? `${better.length} replaced by a longer or finer one` : '',
    known.length > 0 ? `${known.length} here already` : '',
    refused.length > 0 ? `${refused.length} refused` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `${parts.join(', ')}.` : 'There was nothing in it.';
}

/** Files that were dropped or chosen; the report is shown by the view. */
export async function bringClassFiles(files: readonly DataFile[]): Promise<void> {
  const say = (state: Partial<ReturnType<typeof useBrought.getState>>) => useBrought.setState(state);
  say({ taken: null, reading: `Reading 1 of ${files.length}` });
  try {
    const taken = await bringToClass(files, (done) =>
      say({ reading: `Reading ${done + 1} of ${files.length}` }),
    );
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
      {reading !== null && <Text size="sm">{reading}…</Text>}
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
                  <b>{what.slice(0, 120)}</b>: {why}.
                </List.Item>
              ))}
              {taken.refused.length > TOLD && <List.Item>and {taken.refused.length - TOLD} more</List.Item>}
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
    <section className={panel.panel} aria-label="Bring results">
      <Stack gap="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void bringPasted(text, 'The pasted text');
            setText('');
          }}
        >
          <Textarea
            label="Paste result links"
            description="Any text that has them in it: a chat, a list, one a line."
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
              Add results
            </Button>
            <FileButton
              multiple
              onChange={(files) => void bringClassFiles(dataFiles(files))}
              inputProps={{ 'aria-label': 'Records, photographs or lists of links' }}
            >
              {(props) => (
                <Button
                  {...props}
                  size="xs"
                  variant="default"
                  leftSection={<IconFileUpload size={16} aria-hidden />}
                >
                  Choose files or photographs
                </Button>
              )}
            </FileButton>
            <CameraReader onCode={(code) => void bringPasted(code, 'The code before the camera')} />
          </Group>
        </form>
        <Report />
      </Stack>
    </section>
  );
}
