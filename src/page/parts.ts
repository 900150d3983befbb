/**
 * The parts of the page, one row per part. The names in links (`at=`, `hide=`, `show=`) and in lesson files, the list of what
 * a shared link hides, what a page embeds or presents, and how a part is found in the document follow from the row.
 *
 * A part's id is the value of its attribute `data-part` and its name in lesson files. Names in links and lesson files are
 * contracts: they stay.
 */
import { chartText, LAB_CHARTS, type LabChartId } from '../charts/chart-specs';
import { SECTION_LABELS, type Section } from '../experiment/settings';
import { phrase, t } from '../language/language';
import type { ViewId } from './views';

/** Names in links of what an embedded page can show, and of what a presentation can show. */
export type Embeddable = 'diagram' | `chart.${LabChartId}`;
export type Presentable = 'two-runs' | Embeddable;

interface PartRow {
  /** English, translated where it is shown. */
  label: string;
  view: ViewId;
  /** The part around it: it is hidden with that, and is reached through it. */
  within?: string;
  /** It is an item of an accordion, which has to be open for its content to be there. */
  accordion?: true;
  /** Its name in links, where that is not its id. */
  link?: string;
  /** Links can open the page at it. */
  at?: true;
  /** Links can hide it. */
  hide?: true;
  /** Links can show it alone: in a page that is embedded or presented, or in a presentation only. */
  show?: 'embedded' | 'presented';
  /** Steps of a lesson can point at it; a presentation of such a step shows this, or keeps what it shows where null. */
  lesson?: { presents: Presentable | null };
}

const lab = <const R extends Omit<PartRow, 'view'>>(row: R): R & { view: 'lab' } => ({ ...row, view: 'lab' });

export const SECTIONS = Object.keys(SECTION_LABELS) as Section[];

/** Sections of the settings, and charts, that steps of a lesson can point at. */
const LESSON_SECTIONS = {
  network: 'diagram',
  block: 'diagram',
  start: null,
  optimiser: null,
  training: null,
} as const satisfies Partial<Record<Section, Presentable | null>>;
const LESSON_CHARTS = [
  'identity',
  'conv1x1',
  'conv3x3',
  'norm',
  'loss',
  'accuracy',
  'logitStd',
] as const satisfies readonly LabChartId[];

const sectionRow = (section: Section): PartRow => {
  const presents = (LESSON_SECTIONS as Partial<Record<Section, Presentable | null>>)[section];
  return lab({
    label: SECTION_LABELS[section],
    within: 'panel',
    accordion: true,
    link: `section.${section}`,
    hide: true,
    ...(presents !== undefined && { lesson: { presents } }),
  });
};

const chartRow = (chart: LabChartId): PartRow =>
  lab({
    label: chartText(chart).title,
    within: 'charts',
    link: `chart.${chart}`,
    hide: true,
    show: 'embedded',
    ...((LESSON_CHARTS as readonly LabChartId[]).includes(chart) && {
      lesson: { presents: `chart.${chart}` as const },
    }),
  });

const SETTINGS_PARTS = {
  panel: lab({ label: phrase('The whole panel of settings'), hide: true }),
  presets: lab({
    label: phrase('Presets'),
    within: 'panel',
    hide: true,
    lesson: { presents: 'diagram' },
  }),
  block: lab({
    label: phrase('The block'),
    within: 'panel',
    link: 'diagram',
    hide: true,
    show: 'embedded',
    lesson: { presents: 'diagram' },
  }),
  cost: lab({
    label: phrase('Parameters and multiply-adds'),
    within: 'panel',
    hide: true,
    lesson: { presents: 'diagram' },
  }),
} as const satisfies Record<string, PartRow>;

const PAGE_PARTS = {
  'run-controls': lab({
    label: phrase('Start, pause, step, stop and reset'),
    lesson: { presents: 'chart.loss' },
  }),
  views: lab({ label: phrase('The switch between views'), hide: true }),
  beside: lab({ label: phrase('Second run'), hide: true, lesson: { presents: 'two-runs' } }),
  'two-runs': lab({
    label: phrase('Two runs side by side'),
    within: 'charts',
    hide: true,
    show: 'presented',
    lesson: { presents: 'two-runs' },
  }),
  charts: lab({ label: phrase('Charts'), at: true }),
} as const satisfies Record<string, PartRow>;

const LOWER_PARTS = {
  instruments: lab({ label: phrase('Instruments'), at: true, hide: true }),
  'instruments-dips': lab({ label: phrase('Dips'), within: 'instruments', accordion: true }),
  'instruments-depth': lab({ label: phrase('Activations'), within: 'instruments', accordion: true }),
  'instruments-scales': lab({ label: phrase('Scales in detail'), within: 'instruments', accordion: true }),
  'instruments-kernels': lab({
    label: phrase('Kernels, updates and gradients'),
    within: 'instruments',
    accordion: true,
  }),
  dips: lab({
    label: phrase('Dips and their cause'),
    within: 'instruments-dips',
    lesson: { presents: 'chart.identity' },
  }),
  activations: lab({
    label: phrase('Activations by depth'),
    within: 'instruments-depth',
    lesson: { presents: 'diagram' },
  }),
  conservation: lab({
    label: phrase('Sum of the squared scales'),
    within: 'instruments-scales',
    lesson: { presents: 'chart.conv3x3' },
  }),
  time: lab({ label: phrase('The time bar'), hide: true }),
  fuse: lab({ label: phrase('Fuse'), at: true, hide: true, lesson: { presents: 'diagram' } }),
  answers: lab({ label: phrase('What the network gets right'), at: true, hide: true }),
  study: { label: phrase('The study, row by row'), view: 'study', lesson: { presents: 'diagram' } },
} as const satisfies Record<string, PartRow>;

export type NamedParts = typeof SETTINGS_PARTS & typeof PAGE_PARTS & typeof LOWER_PARTS;
export type PartId = keyof NamedParts | `settings-${Section}` | `chart-${LabChartId}`;

/** In the order of the page. */
const ROWS: readonly (readonly [PartId, PartRow])[] = [
  ...(Object.entries(SETTINGS_PARTS) as [PartId, PartRow][]),
  ...SECTIONS.map((section) => [`settings-${section}`, sectionRow(section)] as const),
  ...(Object.entries(PAGE_PARTS) as [PartId, PartRow][]),
  ...LAB_CHARTS.map((chart) => [`chart-${chart}`, chartRow(chart)] as const),
  ...(Object.entries(LOWER_PARTS) as [PartId, PartRow][]),
];

export interface Part extends Omit<PartRow, 'within' | 'link'> {
  id: PartId;
  within: PartId | null;
  /** Name in links. */
  link: string;
}

export const PARTS: readonly Part[] = ROWS.map(([id, row]) => ({
  ...row,
  id,
  within: (row.within ?? null) as PartId | null,
  link: row.link ?? id,
}));

const BY_ID = Object.fromEntries(PARTS.map((part) => [part.id, part])) as Record<PartId, Part>;
export const partOf = (id: PartId): Part => BY_ID[id];

/** Attributes of a part's element. */
export const partProps = (id: PartId): { 'data-part': PartId } => ({ 'data-part': id });
/** The CSS selector of a part's element. */
export const selectorOf = (id: PartId): string => `[data-part="${id}"]`;

/** The parts around a part, from the inside out. */
export function partsAround(id: PartId): Part[] {
  const { within } = partOf(id);
  return within === null ? [] : [partOf(within), ...partsAround(within)];
}

/** Parts that steps of a lesson can point at. */
export type LessonPart =
  | { [P in keyof NamedParts]: NamedParts[P] extends { lesson: object } ? P : never }[keyof NamedParts]
  | `settings-${keyof typeof LESSON_SECTIONS}`
  | `chart-${(typeof LESSON_CHARTS)[number]}`;
export const LESSON_PARTS = PARTS.filter(({ lesson }) => lesson).map(({ id }) => id) as [
  LessonPart,
  ...LessonPart[],
];

/** What a presentation shows beside a step about a part; null keeps what it shows. */
export const presentedFor = (part: LessonPart): Presentable | null => partOf(part).lesson!.presents;

/** A part's name as text of its own, outside a list of charts or of settings; `say` translates. */
export function partLabel(
  id: PartId,
  say: (text: string, values?: Record<string, string>) => string = t,
): string {
  const label = say(partOf(id).label);
  if (id.startsWith('chart-')) return say(phrase('Chart: {{title}}'), { title: label });
  if (id.startsWith('settings-')) return say(phrase('Settings: {{section}}'), { section: label });
  return label;
}
