/**
 * Exported weights against PyTorch, without Python: golden files of every family, with the logits that PyTorch got from them
 * (`npm run weights -- --pytorch PYTHON --write` writes them anew).
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { weightsCases } from '../../../tools/weights/cases';
import { readSafetensors } from '../../training/formats/safetensors';

const golden = (path: string) =>
  new Uint8Array(readFileSync(new URL(`./golden/${path}.safetensors`, import.meta.url)));

const cases = await weightsCases();

test.each(cases.map((one) => [one.name, one] as const))(
  '%s exports the tensors that PyTorch got its logits from, and they are the lab’s, trained and fused',
  (name, { trained, fused, logits }) => {
    const pytorch = readSafetensors(golden(`${name}/logits`).buffer).tensors;
    for (const [form, file] of Object.entries({ trained, fused })) {
      const kept = readSafetensors(golden(`${name}/${form}`).buffer).tensors;
      expect(readSafetensors(file).tensors, `${form} file`).toEqual(kept);
      const expected = pytorch.get(form)!.data;
      logits[form as 'trained' | 'fused'].forEach((logit, i) =>
        expect(Math.abs(logit - expected[i]!), `${form} logit ${i}`).toBeLessThan(1e-4),
      );
    }
  },
);
