/** The step under the pointer, shared by charts so that all of them mark it. Kept outside React, because it changes with every movement of the pointer. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type Crosshair = StoreApi<{ step: number | null }>;

export const createCrosshair = (): Crosshair => createStore(() => ({ step: null as number | null }));
