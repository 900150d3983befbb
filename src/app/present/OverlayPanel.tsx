/** The overlays of a presentation, the QR code and the list of keys. Their key closes them again. */
import { useMemo } from 'react';
import { t } from '../../language/language';
import { pageBase, shareLink } from '../share/links';
import { QrCode } from '../share/QrCode';
import { useExperiment } from '../store/experiment';
import { usePage } from '../store/page-options';
import { useTextSize } from './text-size';
import { KEYS } from './keys';
import classes from './present.module.css';

/** Size of the code as a share of the window, so that each module is several pixels wide. */
const OF_HEIGHT = 0.74;
const OF_WIDTH = 0.9;

/** A link to the lab with the shown experiment and lesson step, without the presentation. */
function useVisitorsLink(): string {
  const experiment = useExperiment((state) => state.experiment);
  const beside = useExperiment((state) => state.beside);
  const page = usePage();
  return useMemo(
    () =>
      shareLink(pageBase(), {
        experiment,
        beside,
        page: { ...page, view: 'lab', at: null, present: null },
        result: null,
      }),
    [experiment, beside, page],
  );
}

export function Code() {
  const link = useVisitorsLink();
  // Drawn again when the window changes its size.
  useTextSize();
  const side = Math.floor(Math.min(window.innerHeight * OF_HEIGHT, window.innerWidth * OF_WIDTH));
  return (
    <section className={classes.over} aria-label={t('QR code of what is shown')}>
      <div className={classes.code}>
        <QrCode text={link} label={t('QR code that opens what is shown')} side={side} />
      </div>
      <p className={classes.link}>{link}</p>
    </section>
  );
}

export function KeyList() {
  return (
    <section className={classes.over} aria-label={t('Keys')} tabIndex={0}>
      <dl className={classes.keys}>
        <dt>
          <kbd>1 … 4</kbd>
        </dt>
        <dd>{t('Switch the part of the block with this number, as listed below')}</dd>
        {KEYS.map(({ action, caps, does }) => (
          <div key={action}>
            <dt>
              {caps.map((cap) => (
                <kbd key={cap}>{t(cap)}</kbd>
              ))}
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
