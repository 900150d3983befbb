/** Opens the set in use, and requests its images when the choices change. */
import { errorText } from '../../language/message-text';
import { useEffect, useMemo, useState } from 'react';
import type { Augmentation } from '../../data/batch';
import type { DataSource } from '../../data/dataset';
import type { Part, SetFacts } from '../../data/contact-sheet/sheet';
import { SheetClient } from '../../data/contact-sheet/sheet-client';
import type { ClassImages } from '../../data/contact-sheet/sheet-protocol';
import { sourceFor, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';

export type OpenedSet =
  | { source: DataSource; client: SheetClient; facts: SetFacts; failed: null }
  | { source: DataSource; client: null; facts: null; failed: string };

/** `source` is null if there is no CIFAR-100. `opened` is null until the set is open. */
export function useOpenedSet(): { source: DataSource | null; opened: OpenedSet | null } {
  const data = useExperiment((state) => state.experiment.data);
  const difficulty = useExperiment((state) => state.experiment.difficulty);
  const stored = useData((state) => state.stored);
  const memory = useData((state) => state.memory);
  const source = useMemo(
    () => sourceFor({ data, difficulty }, { checked: true, stored, memory, loading: null }).source,
    [data, difficulty, stored, memory],
  );
  const [opened, setOpened] = useState<OpenedSet | null>(null);
  useEffect(() => {
    if (!source) return;
    let current = true;
    const client = new SheetClient();
    client.open(source).then(
      (facts) => current && setOpened({ source, client, facts, failed: null }),
      (error: unknown) =>
        current && setOpened({ source, client: null, facts: null, failed: errorText(error) }),
    );
    return () => {
      current = false;
      client.close();
    };
  }, [source]);
  return { source, opened: opened?.source === source ? opened : null };
}

/** The first images of some classes. The previous images stay until the new ones are loaded. */
export function useImages(
  client: SheetClient,
  part: Part,
  classes: readonly number[],
  limit: number,
  augment: Augmentation | null,
): readonly ClassImages[] {
  const [images, setImages] = useState<{ client: SheetClient; classes: readonly ClassImages[] } | null>(null);
  useEffect(() => {
    if (limit === 0) return;
    let current = true;
    client.images({ part, classes, limit, augment }).then(
      (found) => current && setImages({ client, classes: found }),
      () => current && setImages(null),
    );
    return () => {
      current = false;
    };
  }, [client, part, classes, limit, augment]);
  return images?.client === client ? images.classes : [];
}
