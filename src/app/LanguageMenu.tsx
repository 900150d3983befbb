/** Chooses the page's language; the choice is kept in this browser and stands in the address. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { chooseLanguage } from '../language/choose';
import { language, LANGUAGE_TAGS, LANGUAGES, t, type Language } from '../language/language';
import { usePage } from './store/page';

export function LanguageMenu() {
  const now = language();
  const choose = async (next: Language) => {
    await chooseLanguage(next);
    usePage.setState({ lang: next });
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t('Language')}>
          <ActionIcon size={36} aria-label={t('Language')}>
            <IconLanguage size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(LANGUAGES) as Language[]).map((one) => (
          <Menu.Item
            key={one}
            lang={LANGUAGE_TAGS[one]}
            aria-current={one === now || undefined}
            fw={one === now ? 600 : undefined}
            onClick={() => void choose(one)}
          >
            {LANGUAGES[one]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
