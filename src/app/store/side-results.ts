/** Store of results other than runs: comparisons with the fused form, and probes of untrained networks. */
import { create } from 'zustand';
import type { FuseReport, ProbeReport } from '../../training/protocol';

interface FindingsState {
  /** The latest comparison of a run with its fused form. */
  fused: { runId: string; report: FuseReport } | null;
  /** Reports by the query of the probed experiment. */
  probes: Readonly<Record<string, ProbeReport>>;
}

export const useFindings = create<FindingsState>(() => ({ fused: null, probes: {} }));

/** Stores a comparison with the fused form. */
export const noteFused = (runId: string, report: FuseReport): void =>
  useFindings.setState({ fused: { runId, report } });

/** Stores the report on a probe of an untrained network. */
export const noteProbe = (query: string, report: ProbeReport): void =>
  useFindings.setState(({ probes }) => ({ probes: { ...probes, [query]: report } }));
