/** A text to copy: shown in full, selected on focus, with a copy button that reports success. */
import { Button, Group, Text, Textarea } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef, type ReactNode } from 'react';
import { t } from '../../language/language';

export interface CopyBoxProps {
  /** What the text is: "Link", "Markdown". */
  label: string;
  text: string;
  /** Text of the button: "Copy link". */
  action: string;
  /** Shown beside the button. */
  children?: ReactNode;
}

export function CopyBox({ label, text, action, children }: CopyBoxProps) {
  const { copy, copied, error } = useClipboard({ timeout: 2000 });
  const box = useRef<HTMLTextAreaElement>(null);
  return (
    <div>
      <Textarea
        ref={box}
        label={label}
        value={text}
        readOnly
        autosize
        minRows={2}
        maxRows={5}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', overflowWrap: 'anywhere' } }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group gap="sm" mt="xs">
        <Button
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          onClick={() => copy(text)}
        >
          {action}
        </Button>
        <Text size="sm" role="status">
          {error
            ? t('The browser does not let the page copy. Select the text above and press Ctrl+C.')
            : copied
              ? t('Copied, {{characters}} characters', { characters: text.length.toLocaleString('en') })
              : ''}
        </Text>
        {children}
      </Group>
    </div>
  );
}
