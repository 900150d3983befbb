/** Shows an error of the page itself. */
import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';

export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state as { error: unknown };
    if (error === null) return this.props.children;
    return (
      <Container size="sm" py="xl" component="main">
        <Stack role="alert">
          <Title order={1}>{t('Branch Lab has stopped')}</Title>
          <Text>
            {t(
              'An error stopped the page. Whatever was not saved of the run is lost. The address still holds the settings of the experiment: reload the page to use them again.',
            )}
          </Text>
          <Code block>{messageOf(error)}</Code>
          <Button w="fit-content" onClick={() => window.location.reload()}>
            {t('Reload the page')}
          </Button>
        </Stack>
      </Container>
    );
  }
}
