/** An option without effect is a defect: every setting is read somewhere outside of the settings table and presets. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { SETTING_KEYS } from '../src/experiment/settings';

const SRC = join(dirname(import.meta.dirname), 'src');
/** Rooms in which a setting takes effect: the network, the images, the training, what is measured. */
const ROOMS = ['network', 'data', 'kernels', 'instruments', 'training', 'runs', 'app'];

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(SRC, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => readFileSync(join(SRC, room, file), 'utf8')),
).join('\n');

test.each(SETTING_KEYS)('the setting %s is read by the program', (key) => {
  expect(sources).toMatch(new RegExp(`\\b${key}\\b`));
});
