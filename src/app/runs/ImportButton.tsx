/** A button that imports files of runs through the file dialog, for devices without drag and drop. */
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
        // Without a reset, choosing the same file again would fire no event.
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
