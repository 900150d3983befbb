/** The check list of what a link hides: parts of the page, charts, sections of the panel, single settings. */
import { Accordion, Button, Checkbox, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { HIDABLE, isHidden, withoutInner, type Hidable, type HidableName } from './page-link';

export interface HideListProps {
  hidden: readonly HidableName[];
  onChange: (hidden: HidableName[]) => void;
}

export function HideList({ hidden, onChange }: HideListProps) {
  const toggle = (name: HidableName, hide: boolean) =>
    onChange(withoutInner(hide ? [...hidden, name] : hidden.filter((other) => other !== name)));
  const check = ({ name, label }: Hidable) => {
    const own = hidden.includes(name);
    const all = isHidden(hidden, name);
    return (
      <Checkbox
        key={name}
        size="xs"
        label={label}
        checked={all}
        // Hidden with what is around it.
        disabled={all && !own}
        onChange={(event) => toggle(name, event.currentTarget.checked)}
      />
    );
  };
  const columns = { base: 1, xs: 2, sm: 3 };
  return (
    <Stack gap="sm">
      <SimpleGrid cols={columns} spacing="xs" verticalSpacing={6} role="group" aria-label="Parts of the page">
        {HIDABLE.parts.map(check)}
      </SimpleGrid>
      <Text size="xs" fw={600}>
        Charts
      </Text>
      <SimpleGrid cols={columns} spacing="xs" verticalSpacing={6} role="group" aria-label="Charts">
        {HIDABLE.charts.map(check)}
      </SimpleGrid>
      <Text size="xs" fw={600}>
        Settings, by section
      </Text>
      <Accordion variant="separated" chevronPosition="left" keepMounted={false} multiple>
        {HIDABLE.sections.map(({ name, label, settings }) => {
          const count = settings.filter((setting) => isHidden(hidden, setting.name)).length;
          return (
            <Accordion.Item key={name} value={name}>
              <Accordion.Control>
                <Text size="sm">
                  {label}
                  {count > 0 && ` (${count} of ${settings.length} hidden)`}
                </Text>
              </Accordion.Control>
              <Accordion.Panel>
                <Stack gap="xs">
                  {check({ name, label: `The whole section ${label}` })}
                  <SimpleGrid cols={columns} spacing="xs" verticalSpacing={6}>
                    {settings.map(check)}
                  </SimpleGrid>
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      <Group>
        <Button size="xs" variant="default" disabled={hidden.length === 0} onClick={() => onChange([])}>
          Hide nothing
        </Button>
      </Group>
    </Stack>
  );
}
