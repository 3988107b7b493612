import type { ChangeCapacity, ChangeCapacityOutcome, ChangeCapacityRequest } from '../catalogue/index.js';
import type { WindowImpact } from './impact.js';
import type { OpenWindowRequest, WindowRecord } from './window-ports.js';
import type { OpenWindow, OpenWindowOutcome, PreviewWindow, PreviewWindowOutcome } from './windows.js';

/** A window that takes off sale by how much a site is lowered. */
export type LoweringWindow = Omit<OpenWindowRequest, 'caller' | 'marketId' | 'isExpected'>;

/** A capacity as an operator sets it. */
export interface SetCapacityRequest extends ChangeCapacityRequest {
  /** Says, where more is sold, what taking that off sale is expected to do; left out: then it is not done. */
  readonly expecting?: ((impact: WindowImpact, window: LoweringWindow) => boolean) | undefined;
}

/** In order of precedence. `lowered`: more was sold, and a window without an end withdraws the difference. */
export type SetCapacityOutcome =
  | Exclude<ChangeCapacityOutcome, { kind: 'capacity_sold' }>
  | Exclude<OpenWindowOutcome | PreviewWindowOutcome, { kind: 'opened' | 'outdated' | 'previewed' }>
  | { readonly kind: 'sold' | 'outdated'; readonly detail: string; readonly impact: WindowImpact; readonly window: LoweringWindow }
  | {
      readonly kind: 'lowered';
      readonly site: Extract<ChangeCapacityOutcome, { kind: 'capacity_sold' }>['site'];
      readonly window: WindowRecord;
    };

/**
 * Sets what a site has. Where more of it is sold the difference is withdrawn by a window without an end, which hits whom any window hits; it is opened where its
 * operator expects what it does, and else told.
 */
export class SetCapacity {
  constructor(
    private readonly change: Pick<ChangeCapacity, 'run'>,
    private readonly open: Pick<OpenWindow, 'run'>,
    private readonly preview: Pick<PreviewWindow, 'run'>,
  ) {}

  async run({ expecting, ...request }: SetCapacityRequest): Promise<SetCapacityOutcome> {
    const changed = await this.change.run(request);
    if (changed.kind !== 'capacity_sold') return changed;
    const { site, raised, lowered: amounts, detail } = changed;
    if (raised.length > 0) {
      const message = 'is raised while another one is lowered below what is sold: do one after the other';
      return { kind: 'faults', faults: raised.map((name) => ({ path: `$.capacity.${name}`, message })) };
    }
    const window = { kind: 'outage', cause: 'capacity_lost', scope: 'site', siteId: request.siteId, amounts } as const;
    const { caller, marketId } = request;
    if (!expecting) {
      const seen = await this.preview.run({ caller, marketId, ...window });
      return seen.kind === 'previewed' ? { kind: 'sold', detail, impact: seen.impact, window } : seen;
    }
    const opened = await this.open.run({ caller, marketId, ...window, isExpected: (impact) => expecting(impact, window) });
    if (opened.kind === 'opened') return { kind: 'lowered', site, window: opened.window };
    return opened.kind === 'outdated' ? { ...opened, detail, window } : opened;
  }
}
