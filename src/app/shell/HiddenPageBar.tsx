/** Says that the run is paused because the page was hidden, and offers to resume. */
import { Button, Text } from '@mantine/core';
import { IconPlayerPauseFilled } from '@tabler/icons-react';
import { t } from '../../language/language';
import { Bar } from '../controls/Bar';
import { goOn, useWasPausedWhileHidden } from '../store/hidden-page';
import classes from '../controls/layout.module.css';

export function HiddenPageBar() {
  if (!useWasPausedWhileHidden()) return null;
  return (
    <Bar tint="lab" icon={<IconPlayerPauseFilled />}>
      <div className={classes.bar}>
        <Text size="sm">{t('The run was paused while the page was hidden or the screen locked.')}</Text>
        <Button size="xs" onClick={goOn}>
          {t('Continue')}
        </Button>
      </div>
    </Bar>
  );
}
