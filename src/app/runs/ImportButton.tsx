/** Chooses files of runs where they cannot be dropped. */
import { Button, FileButton } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef } from 'react';
import { dataFiles } from '../../data/data-file';
import { t } from '../../language/language';
import { bringFiles } from './import-files';

export function ImportButton() {
  const reset = useRef<() => void>(null);
  return (
    <FileButton
      multiple
      resetRef={reset}
      accept=".json,.safetensors,.zip"
      inputProps={{ 'aria-label': t('Files of runs') }}
      onChange={(files) => {
        // The same file can be chosen again.
        reset.current?.();
        if (files.length > 0) void bringFiles(dataFiles(files));
      }}
    >
      {(props) => (
        <Button {...props} size="xs" variant="default" leftSection={<IconFileImport size={14} aria-hidden />}>
          {t('Import runs')}
        </Button>
      )}
    </FileButton>
  );
}
