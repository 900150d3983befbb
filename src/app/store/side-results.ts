/** What this page found out besides runs: comparisons with the fused form, and probes of untrained networks. */
import { create } from 'zustand';
import type { FuseReport, ProbeReport } from '../../training/protocol';

interface FindingsState {
  /** The last comparison of a run with its fused form. */
  fused: { runId: string; report: FuseReport } | null;
  /** By the query of what was probed. */
  probes: Readonly<Record<string, ProbeReport>>;
}

export const useFindings = create<FindingsState>(() => ({ fused: null, probes: {} }));

/** A network was compared with its fused form. */
export const noteFused = (runId: string, report: FuseReport): void =>
  useFindings.setState({ fused: { runId, report } });

/** An untrained network was probed. */
export const noteProbe = (query: string, report: ProbeReport): void =>
  useFindings.setState(({ probes }) => ({ probes: { ...probes, [query]: report } }));
