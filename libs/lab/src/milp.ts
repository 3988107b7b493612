import highs, { type Highs, type Model } from 'highs';
import { invariant } from '#units';

/** Coefficients of a row: index of the variable, factor. */
export type Terms = readonly (readonly [variable: number, factor: number])[];

/** How long a program may be solved, and how exactly. */
export interface SolveOptions {
  readonly sense: 'minimise' | 'maximise';
  readonly timeLimitSeconds: number;
  /** Solve the relaxation: whole numbers may be fractions. */
  readonly relaxed?: boolean;
  /** Values to start from, one per variable. */
  readonly start?: readonly number[];
}

/** `bound` is what no solution can beat; for an optimal one it is the objective. */
export type Solved =
  | { readonly kind: 'optimal'; readonly objective: number; readonly values: Float64Array }
  | { readonly kind: 'infeasible' }
  | { readonly kind: 'time_limit'; readonly bound: number };

/** A mixed-integer linear programme, built row by row. */
export class Milp {
  readonly #cost: number[] = [];
  readonly #upper: number[] = [];
  readonly #integrality: (0 | 1)[] = [];
  readonly #lowerRow: number[] = [];
  readonly #upperRow: number[] = [];
  readonly #starts: number[] = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  /** Adds a variable between 0 and `upper`; returns its index. */
  variable({ cost = 0, upper, whole = true }: { cost?: number; upper: number; whole?: boolean }): number {
    this.#cost.push(cost);
    this.#upper.push(upper);
    this.#integrality.push(whole ? 1 : 0);
    return this.#cost.length - 1;
  }

  /** Adds lower <= sum of terms <= upper. */
  row({ lower = -Infinity, upper = Infinity, terms }: { lower?: number; upper?: number; terms: Terms }): void {
    const factors = new Map<number, number>();
    for (const [variable, factor] of terms) factors.set(variable, (factors.get(variable) ?? 0) + factor);
    for (const [variable, factor] of factors) {
      if (factor === 0) continue;
      this.#indices.push(variable);
      this.#values.push(factor);
    }
    this.#starts.push(this.#indices.length);
    this.#lowerRow.push(lower);
    this.#upperRow.push(upper);
  }

  /**
   * Solves to proven optimality (no gap is tolerated), or says that it couldn't within the time.
   * @throws InvariantBroken when the solver ends in any other way.
   */
  solve(solver: Solver, { sense, timeLimitSeconds, relaxed = false, start }: SolveOptions): Solved {
    return solver.withModel(this.#data(solver, sense, relaxed), (model) => {
      model.options.set({ ...EXACT, time_limit: timeLimitSeconds });
      if (start) model.setSolution({ colValue: start });
      model.run();
      return outcomeOf(solver, model);
    });
  }

  #data({ constants }: Solver, sense: SolveOptions['sense'], relaxed: boolean) {
    const numCols = this.#cost.length;
    const numRows = this.#lowerRow.length;
    const { minimize, maximize } = constants.objectiveSense;
    return {
      numCols,
      numRows,
      sense: sense === 'minimise' ? minimize : maximize,
      colCost: this.#cost,
      colLower: this.#cost.map(() => 0),
      colUpper: this.#upper,
      rowLower: this.#lowerRow,
      rowUpper: this.#upperRow,
      matrix: { format: 'csr' as const, numRows, numCols, starts: this.#starts, indices: this.#indices, values: this.#values },
      integrality: relaxed ? this.#integrality.map(() => 0 as const) : this.#integrality,
    };
  }
}

const EXACT = {
  output_flag: false,
  mip_rel_gap: 0,
  mip_abs_gap: 1e-7,
  mip_feasibility_tolerance: 1e-7,
  primal_feasibility_tolerance: 1e-8,
  random_seed: 1,
};

function outcomeOf({ constants }: Solver, model: Model): Solved {
  const status = model.getModelStatus();
  const { optimal, infeasible, timeLimit } = constants.modelStatus;
  if (status === infeasible) return { kind: 'infeasible' };
  if (status === timeLimit) return { kind: 'time_limit', bound: Number(model.info.get('mip_dual_bound')) };
  invariant(status === optimal, `the solver ends with an optimum, infeasible or out of time, not with status ${status}`);
  return { kind: 'optimal', objective: model.getObjectiveValue(), values: model.getSolution().colValue };
}

/** HiGHS, loaded once by whoever needs it: loading takes about 50 ms. */
export type Solver = Highs;
const load = highs as unknown as typeof highs.default; // its types describe the CommonJS door; the ES module's default is the function itself
/** Loads the solver, once. */
export const loadSolver = (): Promise<Solver> => load();
