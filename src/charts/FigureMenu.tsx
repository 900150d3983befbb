/** The menu of a figure: saves it as PNG, SVG or CSV, and resets its zoom. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconFileTypeCsv, IconFileTypeSvg, IconPhoto, IconZoomReset } from '@tabler/icons-react';
import { memo } from 'react';
import { t } from '../language/language';
import type { ImageFormat } from './plotly';

export interface FigureMenuProps {
  title: string;
  zoomed: boolean;
  onSaveImage: (format: ImageFormat) => void;
  onSaveCsv: () => void;
  onResetZoom: () => void;
}

export const FigureMenu = memo(function FigureMenu({
  title,
  zoomed,
  onSaveImage,
  onSaveCsv,
  onResetZoom,
}: FigureMenuProps) {
  return (
    <Menu position="bottom-end" width={190} withinPortal transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          aria-label={t('Save or reset: {{title}}', { title })}
        >
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPhoto size={16} aria-hidden />} onClick={() => onSaveImage('png')}>
          {t('Save as PNG')}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileTypeSvg size={16} aria-hidden />} onClick={() => onSaveImage('svg')}>
          {t('Save as SVG')}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileTypeCsv size={16} aria-hidden />} onClick={onSaveCsv}>
          {t('Save numbers as CSV')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconZoomReset size={16} aria-hidden />}
          disabled={!zoomed}
          onClick={onResetZoom}
        >
          {t('Reset zoom')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
});
