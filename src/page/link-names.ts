/** What links can name: parts to hide, parts to open at, and parts to show alone. Made from the tables of parts and settings. */
import type { LabChartId } from '../charts/chart-specs';
import {
  SECTION_LABELS,
  SETTING_KEYS,
  SETTINGS,
  settingOf,
  type Section,
  type SettingKey,
} from '../experiment/settings';
import {
  partOf,
  PARTS,
  partsAround,
  SECTIONS,
  type Embeddable,
  type NamedParts,
  type Part,
  type Presentable,
} from './parts';

export type { Embeddable, Presentable } from './parts';

type LinkOf<P extends keyof NamedParts> = NamedParts[P] extends { link: infer L extends string } ? L : P;
/** Names in links of the parts whose row has something. */
type LinkNames<Having> = {
  [P in keyof NamedParts]: NamedParts[P] extends Having ? LinkOf<P> : never;
}[keyof NamedParts];

export type Place = LinkNames<{ at: true }>;
export type HidableName =
  LinkNames<{ hide: true }> | `chart.${LabChartId}` | `section.${Section}` | SettingKey;

/** Parts of the lab that a link can open at. */
export const PLACES = PARTS.filter(({ at }) => at).map(({ id, label }) => ({ id: id as Place, label }));

export interface Hidable {
  name: HidableName;
  /** English; translated where it is shown. */
  label: string;
}

const hidable = ({ link, label }: Part): Hidable => ({ name: link as HidableName, label });
const HIDABLE_PARTS = PARTS.filter(({ hide }) => hide);
const isChart = ({ id }: Part) => id.startsWith('chart-');
const isSection = ({ id }: Part) => id.startsWith('settings-');

/** Everything that a link can hide, in the order of the page. */
export const HIDABLE = {
  parts: HIDABLE_PARTS.filter((part) => !isChart(part) && !isSection(part)).map(hidable),
  charts: HIDABLE_PARTS.filter(isChart).map(hidable),
  sections: SECTIONS.map((section) => ({
    name: `section.${section}` as const,
    label: SECTION_LABELS[section],
    settings: SETTING_KEYS.filter((key) => SETTINGS[key].section === section).map((key): Hidable => ({
      name: key,
      label: settingOf(key).label,
    })),
  })),
};

/** In the order in which a link lists them. */
export const HIDABLE_NAMES: readonly HidableName[] = [
  ...HIDABLE.parts.map(({ name }) => name),
  ...HIDABLE.charts.map(({ name }) => name),
  ...HIDABLE.sections.map(({ name }) => name),
  ...SETTING_KEYS,
];

/** Names of what is around a part or a setting; hiding one of them hides it too. */
function namesAround(name: HidableName): readonly string[] {
  if (!Object.hasOwn(SETTINGS, name)) {
    const part = PARTS.find(({ link }) => link === name)!;
    return partsAround(part.id).map(({ link }) => link);
  }
  const section = `settings-${SETTINGS[name as SettingKey].section}` as const;
  return [partOf(section), ...partsAround(section)].map(({ link }) => link);
}
const AROUND: ReadonlyMap<HidableName, readonly string[]> = new Map(
  HIDABLE_NAMES.map((name) => [name, namesAround(name)]),
);

const isInside = (hidden: readonly string[], name: HidableName): boolean =>
  AROUND.get(name)!.some((around) => hidden.includes(around));

/** Whether a part is hidden, by its own name or by the name of something around it. */
export const isHidden = (hidden: readonly HidableName[], name: HidableName): boolean =>
  hidden.includes(name) || isInside(hidden, name);

/** The names in `hidden` that are not hidden by something around them already, in the order of the page, each once. */
export const withoutInner = (hidden: readonly HidableName[]): HidableName[] =>
  HIDABLE_NAMES.filter((name) => hidden.includes(name) && !isInside(hidden, name));

const shown = (how: 'embedded' | 'presented') =>
  PARTS.filter(({ show }) => show === how).map(({ link }) => link);

/** What an embedded page shows. */
export const EMBEDDABLE = shown('embedded') as readonly Embeddable[];
/** What a presentation shows large. */
export const PRESENTABLE = [...shown('presented'), ...EMBEDDABLE] as readonly Presentable[];

/** The chart of a name such as `chart.loss`; null for other names. */
export const chartOf = (name: Presentable): LabChartId | null =>
  name.startsWith('chart.') ? (name.slice('chart.'.length) as LabChartId) : null;

/** Title of what is shown alone; English, translated where it is shown. */
export const presentableTitle = (name: Presentable): string => PARTS.find(({ link }) => link === name)!.label;
