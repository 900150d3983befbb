/** Chooses the language of the page. The choice is stored in this browser and in the address. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconLanguage } from '@tabler/icons-react';
import { chooseLanguage } from '../../language/choose';
import { language, t } from '../../language/language';
import { LANGUAGE_CODES, LANGUAGES, type Language } from '../../language/languages';
import { usePage } from '../store/page-options';

/** A change of language mounts the page again. This puts the focus back on the menu. */
const focusMenu = () =>
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-language-menu]')?.focus());

export function LanguageMenu() {
  const now = language();
  const choose = async (next: Language) => {
    try {
      await chooseLanguage(next);
    } catch {
      notifications.show({
        color: 'red',
        title: t('The language stays as it is'),
        message: t('Its texts could not be loaded. Check the network, then choose it again.'),
      });
      return;
    }
    usePage.setState({ lang: next });
    focusMenu();
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t('Language')}>
          <ActionIcon size={36} data-language-menu aria-label={t('Language')}>
            <IconLanguage size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGE_CODES.map((one) => (
          <Menu.Item
            key={one}
            lang={LANGUAGES[one].tag}
            aria-current={one === now || undefined}
            fw={one === now ? 600 : undefined}
            onClick={() => void choose(one)}
          >
            {LANGUAGES[one].ownName}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
