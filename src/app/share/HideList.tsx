/** Check list of what a link hides: parts of the page, charts, sections of the panel, single settings. */
import { Accordion, Button, Checkbox, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { t } from '../../language/language';
import { HIDABLE, isHidden, withoutInner, type Hidable, type HidableName } from '../../page/link-names';

export interface HideListProps {
  hidden: readonly HidableName[];
  onChange: (hidden: HidableName[]) => void;
}

export function HideList({ hidden, onChange }: HideListProps) {
  const toggle = (name: HidableName, hide: boolean) =>
    onChange(withoutInner(hide ? [...hidden, name] : hidden.filter((other) => other !== name)));
  const check = (name: HidableName, label: string) => {
    const own = hidden.includes(name);
    const all = isHidden(hidden, name);
    return (
      <Checkbox
        key={name}
        size="xs"
        label={label}
        checked={all}
        // Already hidden with the section that contains it.
        disabled={all && !own}
        onChange={(event) => toggle(name, event.currentTarget.checked)}
      />
    );
  };
  const checkOf = ({ name, label }: Hidable) => check(name, t(label));
  const columns = { base: 1, xs: 2, sm: 3 };
  return (
    <Stack gap="sm">
      <SimpleGrid
        cols={columns}
        spacing="xs"
        verticalSpacing={6}
        role="group"
        aria-label={t('Parts of the page')}
      >
        {HIDABLE.parts.map(checkOf)}
      </SimpleGrid>
      <Text size="xs" fw={600}>
        {t('Charts')}
      </Text>
      <SimpleGrid cols={columns} spacing="xs" verticalSpacing={6} role="group" aria-label={t('Charts')}>
        {HIDABLE.charts.map(checkOf)}
      </SimpleGrid>
      <Text size="xs" fw={600}>
        {t('Settings, by section')}
      </Text>
      <Accordion variant="separated" chevronPosition="left" keepMounted={false} multiple>
        {HIDABLE.sections.map(({ name, label, settings }) => {
          const count = settings.filter((setting) => isHidden(hidden, setting.name)).length;
          return (
            <Accordion.Item key={name} value={name}>
              <Accordion.Control>
                <Text size="sm">
                  {count > 0
                    ? t('{{section}} ({{hidden}} of {{all}} hidden)', {
                        section: t(label),
                        hidden: count,
                        all: settings.length,
                      })
                    : t(label)}
                </Text>
              </Accordion.Control>
              <Accordion.Panel>
                <Stack gap="xs">
                  {check(name, t('The whole section {{section}}', { section: t(label) }))}
                  <SimpleGrid cols={columns} spacing="xs" verticalSpacing={6}>
                    {settings.map(checkOf)}
                  </SimpleGrid>
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      <Group>
        <Button size="xs" variant="default" disabled={hidden.length === 0} onClick={() => onChange([])}>
          {t('Hide nothing')}
        </Button>
      </Group>
    </Stack>
  );
}
