import { OBSERVING_CONTRACTS } from './observing-contracts.js'
import { TRADING_CONTRACTS } from './trading-contracts.js'

/** What one module of the module contracts must, may and must not do, and what holds it to that. */
export interface ModuleContract {
  readonly layer: 1 | 2 | 3 | 4 | 5 | 6
  /** As the contracts name it. */
  readonly module: string
  /** Where it lies here: files and folders under `src/`. */
  readonly lies: readonly string[]
  readonly clauses: readonly Clause[]
}

export interface Clause {
  readonly kind: 'output' | 'invariant' | 'allowed' | 'forbidden'
  readonly says: string
  readonly heldBy: readonly Proof[]
}

/** A test by its file under `test/` and its title, or a rule of `.dependency-cruiser.cjs` by its name. */
export type Proof = { readonly test: string; readonly title: string } | { readonly importRule: string }

/** A failure mode or a known gap of the contracts, which no single module has. */
export interface SystemClause {
  readonly says: string
  /** What became of it here. */
  readonly here: string
  readonly heldBy: readonly Proof[]
}

export function held(test: string, ...titles: readonly string[]): readonly Proof[] {
  return titles.map((title) => ({ test, title }))
}

export const CONTRACTS: readonly ModuleContract[] = [...OBSERVING_CONTRACTS, ...TRADING_CONTRACTS]

export const FAILURE_MODES: readonly SystemClause[] = [
  {
    says: 'Invalid input: an explicit error with details',
    here: 'A mistake names file, line or row, key, expected and found; what an observer is told wrongly is refused by kind and reason, and counted.',
    heldBy: [
      ...held(
        'entries/arguments.test.ts',
        'what is right is taken: every default of both sides, of the champion and of the exchange',
      ),
      ...held('core/risk/risk-config.test.ts', 'is told all that is wrong with it at once'),
    ],
  },
  {
    says: 'Missing data: nothing, never invented data',
    here: 'Absent is absent: undefined, null or NaN in a column.',
    heldBy: held('core/risk/calculator.test.ts', 'is nothing without positions'),
  },
  {
    says: 'Contract violation: an exception, never a correction',
    here: 'A step that a state does not allow throws and says what came before; the position and the order stay as they were.',
    heldBy: [
      ...held('core/position/position.test.ts', 'holds I-PSM-1 and I-PSM-2 also when it comes from elsewhere'),
      ...held(
        'core/orders/order.test.ts',
        'says what was impossible: the order, its status, the event and what came before',
      ),
    ],
  },
  {
    says: 'Timeout: an explicit timeout',
    here: 'An order that nobody answers for is of unknown outcome, and so is called.',
    heldBy: held('core/orders/order.test.ts', 'is unknown from the timeout until anything is heard of it'),
  },
  {
    says: 'Unknown state: UNKNOWN, never a guess',
    here: 'What is not known forbids entries, and no exit.',
    heldBy: held(
      'core/execution/venue-orders.test.ts',
      'an order of unknown outcome is not cancelled before it is known',
    ),
  },
]

export const KNOWN_GAPS: readonly SystemClause[] = [
  {
    says: 'Gap 1: positions are lost on restart',
    here: 'Both sides write what they do before they do it and recover from that.',
    heldBy: [
      ...held(
        'core/execution/execution-side.test.ts',
        'a restart recovers the same state, and trades only after reconciling',
      ),
      ...held('core/decision/two-sides.test.ts', 'replays to the same state, from any checkpoint, whatever happened'),
    ],
  },
  {
    says: 'Gap 2: a bundle needs all its fields',
    here: '`M4PrimitiveBundle.empty(symbol)`; every primitive may be absent.',
    heldBy: held('contracts/contract-types.test.ts', 'a bundle of primitives may be empty, and each primitive absent'),
  },
  {
    says: 'Gap 3: no test configuration of risk beside its constraints',
    here: 'Tests make theirs of the champion’s with changes; the constraints hold for them, too, and each says which does not.',
    heldBy: [
      ...held('core/risk/risk-config.test.ts', 'says which constraint does not hold: %s'),
      ...held(
        'contracts/contracts.test.ts',
        'a test’s risk configuration is the champion’s with changes, and keeps its constraints',
      ),
    ],
  },
  {
    says: 'Gap 4: every entry is LONG',
    here: 'The direction goes from the mandate through action, approval and order.',
    heldBy: held('core/arbitration/arbitration.test.ts', 'carries the direction of the entry, SHORT as well as LONG'),
  },
  {
    says: 'Gap 5: skipped tests',
    here: 'No test is skipped for good; what a machine lacks is said loudly, and required in CI.',
    heldBy: held('tidy.test.ts', 'no test is skipped for good, focused or left for later'),
  },
]
