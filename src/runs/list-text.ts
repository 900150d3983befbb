/** Texts of several parts, joined as in the reader's language. */
import { settingOf, type SettingKey } from '../experiment/settings';
import { listed } from '../language/join';
import { t } from '../language/language';

/** "a, b, c"; "a, b and 3 more" of more than `most`. */
export const listedUpTo = (parts: readonly string[], most: number): string =>
  parts.length > most
    ? t('{{names}} and {{more}} more', { names: listed(parts.slice(0, most)), more: parts.length - most })
    : listed(parts);

/** A setting with a value in the panel's words: "Learning rate 0.1". */
export const settingWith = (key: SettingKey, value: string): string =>
  t('{{setting}} {{value}}', { setting: t(settingOf(key).label), value });
