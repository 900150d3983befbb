/** The header's button that presents the page. */
import { ActionIcon, Kbd, Tooltip } from '@mantine/core';
import { IconPresentation } from '@tabler/icons-react';
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import { present } from './start-stop';

export function PresentButton() {
  return (
    <Tooltip
      label={<Rich text="Present: large, for a projector <key/>" parts={{ key: <Kbd size="xs">P</Kbd> }} />}
    >
      <ActionIcon size={36} aria-label={t('Present')} onClick={() => present()}>
        <IconPresentation size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
