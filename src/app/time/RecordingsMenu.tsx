/** The menu of the recordings that ship with the page. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconMovie } from '@tabler/icons-react';
import { t } from '../../language/language';
import { REPLAYS } from '../../runs/replays';
import { openReplay } from '../store/recording';

const GROUPS = [...new Set(REPLAYS.map(({ group }) => group))];

export function RecordingsMenu({ label }: { label: string }) {
  return (
    <Menu shadow="md" width={330} position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconMovie size={14} aria-hidden />}
          rightSection={<IconChevronDown size={12} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown style={{ maxHeight: '70dvh', overflowY: 'auto' }}>
        {GROUPS.map((group) => [
          <Menu.Label key={group}>{t(group)}</Menu.Label>,
          ...REPLAYS.filter((replay) => replay.group === group).map(({ name, title }) => (
            <Menu.Item key={name} onClick={() => void openReplay(name)}>
              {t(title)}
            </Menu.Item>
          )),
        ])}
      </Menu.Dropdown>
    </Menu>
  );
}
