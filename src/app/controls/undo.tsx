/** A notification with an undo button. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { t } from '../../language/language';

/** `forMs`: how long undo is offered, in ms; without it, as long as the notification is shown. */
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
