/** An alert whose background colour keeps the text contrast of the page. */
import { Alert, type AlertProps } from '@mantine/core';
import classes from './layout.module.css';

export function Bar({ tint, ...props }: AlertProps & { tint: string }) {
  return (
    <Alert
      {...props}
      color="gray"
      classNames={{ root: classes.alert, title: classes.alertTitle, icon: classes.alertIcon }}
      style={{ '--tint': `var(--mantine-color-${tint}-6)` }}
    />
  );
}
