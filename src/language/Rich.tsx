/** A text with parts that are more than text: `<Rich text="One step <key/>, then <b>pause</b>" parts={{ key: <Kbd>.</Kbd>, b: <b /> }} />`. */
import type { ReactElement } from 'react';
import { Trans } from 'react-i18next';
import { i18n } from './language';

interface Props {
  /** English, and the key in the catalogues: a literal. */
  text: string;
  values?: Record<string, string | number>;
  /** What the named tags of the text become. */
  parts?: Record<string, ReactElement>;
}

export function Rich({ text, values, parts }: Props) {
  return (
    <Trans
      i18n={i18n}
      i18nKey={text}
      defaults={text}
      values={values}
      components={parts}
      count={values?.count as number | undefined}
    />
  );
}
