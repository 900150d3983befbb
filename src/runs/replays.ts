/** The recordings that ship with the page: real CIFAR-100 images, trained by this lab. `npm run replays` writes their files again. */
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { STUDY_ROWS } from '../experiment/study';
import { experimentFromQuery, experimentToQuery } from '../experiment/url';
import { phrase } from '../language/phrase';

export interface ReplaySource {
  /** In a link, `replay=NAME`, and of its file. */
  name: string;
  /** English, as is `group`: translated where they are shown. */
  title: string;
  group: string;
  /** What was trained; the whole experiment. */
  query: string;
}

const DIP = phrase('The early dip');
const FAMILIES = phrase('Four families of blocks');
const LESSONS = phrase('Runs of the lessons');
const STUDY = phrase('The study’s seven rows, small network, 200 steps');

/** Rows of the study's first table, on the default network and recipe. */
const rows: readonly ReplaySource[] = STUDY_ROWS.filter(({ id }) => id.startsWith('a0-')).map(
  ({ id, label, values }) => ({
    // not translated: part of a link
    name: `study-${id.slice('a0-'.length)}`,
    title: label,
    group: STUDY,
    query: experimentToQuery({ ...DEFAULT_EXPERIMENT, ...values, data: 'cifar100', length: 200 }),
  }),
);

/** The lessons' runs on the built-in drawings, here on real images. */
const lesson = (name: string, title: string, query: string): ReplaySource => ({
  name,
  title,
  group: LESSONS,
  query: experimentToQuery({ ...experimentFromQuery(query).experiment, data: 'cifar100' }),
});

export const REPLAYS: readonly ReplaySource[] = [
  {
    name: 'early-dip',
    title: phrase('RepVGG, factor 2: the dip'),
    group: DIP,
    query: '?v=1&data=cifar100',
  },
  {
    name: 'early-dip-1',
    title: phrase('RepVGG, factor 1: a smaller one'),
    group: DIP,
    query: '?v=1&factor=1&data=cifar100',
  },
  {
    name: 'simplified',
    title: phrase('Simplified block, factor 2'),
    group: FAMILIES,
    query: '?v=1&preset=simplified&data=cifar100',
  },
  {
    name: 'plain',
    title: phrase('Plain block, factor 2'),
    group: FAMILIES,
    query: '?v=1&preset=plain&data=cifar100',
  },
  {
    name: 'identity-past-norm',
    title: phrase('Identity past the norm, as in a ResNet, factor 2, 200 steps'),
    group: FAMILIES,
    query: '?v=1&preset=identity-past-norm&length=200&data=cifar100',
  },
  {
    name: 'no-norm',
    title: phrase('No norm, factor 1, learning rate 0.01, 100 steps'),
    group: FAMILIES,
    query: '?v=1&preset=no-norm&factor=1&lr=0.01&length=100&data=cifar100',
  },
  ...rows,
  lesson('other-seed', phrase('RepVGG, factor 2, another seed'), '?v=1&seed=2'),
  lesson(
    'lone-scale',
    phrase('A 3x3 with a scale alone, factor 1, 100 steps'),
    '?v=1&preset=plain&conv3x3=scale&factor=1&length=100&evalEvery=100',
  ),
  lesson(
    'three-scales',
    phrase('Simplified block, factor 1, 100 steps'),
    '?v=1&preset=simplified&factor=1&length=100&evalEvery=100',
  ),
  lesson(
    'decay',
    phrase('Simplified block, factor 1, weight decay 0.005, 100 steps'),
    '?v=1&preset=simplified&factor=1&wd=0.005&length=100&evalEvery=100',
  ),
  lesson(
    'growing',
    phrase('No norm, factor 2, learning rate 0.01: it diverges'),
    '?v=1&preset=no-norm&factor=2&lr=0.01&length=100&evalEvery=100',
  ),
];

export const replayByName = (name: string): ReplaySource | null =>
  REPLAYS.find((replay) => replay.name === name) ?? null;

/** Where the page finds a recording's file, from its own folder. */
export const replayPath = (name: string): string => `replays/${name}.blr`;
