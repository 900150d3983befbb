/** The button that opens the Share dialog, which is loaded on the first click. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconShare } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../language/language';

const ShareDialog = lazy(async () => ({ default: (await import('./ShareDialog')).ShareDialog }));

export function ShareButton() {
  const [opened, setOpened] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Tooltip label={t('Share: a link, a result, a QR code')}>
        <ActionIcon
          size={36}
          aria-label={t('Share')}
          aria-haspopup="dialog"
          onClick={() => {
            setAsked(true);
            setOpened(true);
          }}
        >
          <IconShare size={18} />
        </ActionIcon>
      </Tooltip>
      {asked && (
        <Suspense>
          <ShareDialog opened={opened} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}
