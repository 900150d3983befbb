/** A message about something that can be taken back, with the button that does. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { t } from '../../language/language';

/** `forMs`: how long it can be taken back; without it, as long as the message stands. */
export function offerUndo(title: string, undo: () => void, forMs?: number): void {
  const id = notifications.show({
    title,
    message: (
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          undo();
          notifications.hide(id);
        }}
      >
        {t('Undo')}
      </Button>
    ),
    withBorder: true,
    ...(forMs !== undefined && { autoClose: forMs }),
  });
}
