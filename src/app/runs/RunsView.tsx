/** The history of runs. */
import { ComparePanel } from '../compare/ComparePanel';

export const RunsView = () => <ComparePanel />;
