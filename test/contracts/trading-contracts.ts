import { held, type ModuleContract } from './contract-table.js'

/** Layers 3, 4, 5 and the journal and figures of layer 6. */
export const TRADING_CONTRACTS: readonly ModuleContract[] = [
  {
    layer: 3,
    module: 'runtime/arbitration',
    lies: ['core/arbitration', 'ports/strategy.ts'],
    clauses: [
      {
        kind: 'output',
        says: 'Exactly one action per symbol per cycle (theorem 4.1)',
        heldBy: held(
          'core/arbitration/arbitration.test.ts',
          'gives exactly one action to every symbol with a mandate or a position',
        ),
      },
      {
        kind: 'allowed',
        says: 'Compare authorities, select the highest mandate, convert it to an action',
        heldBy: held('core/arbitration/arbitration.test.ts', 'does not depend on the order of mandates or positions'),
      },
      {
        kind: 'forbidden',
        says: 'Combine mandates',
        heldBy: held('core/arbitration/arbitration.test.ts', 'takes each action from one mandate whole'),
      },
      {
        kind: 'forbidden',
        says: 'Invent action types',
        heldBy: held(
          'contracts/contract-types.test.ts',
          'mandates and actions are of the types of the contracts, and no others',
        ),
      },
    ],
  },
  {
    layer: 4,
    module: 'runtime/risk/types.py',
    lies: ['core/risk/risk-config.ts'],
    clauses: [
      {
        kind: 'invariant',
        says: 'Constants whose constraints hold: L_target ≤ L_max, L_symbol_max ≤ L_max, D_critical < D_min_safe',
        heldBy: held('core/risk/risk-config.test.ts', 'says which constraint does not hold: %s'),
      },
    ],
  },
  {
    layer: 4,
    module: 'runtime/risk/calculator.py',
    lies: ['core/risk/calculator.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Sum exposures, calculate leverage, find the nearest liquidation',
        heldBy: held(
          'core/risk/calculator.test.ts',
          'is the sum of its exposures over equity, and the nearest liquidation',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Interpret risk as acceptable, make trading decisions',
        heldBy: held('contracts/contract-types.test.ts', 'the risk of a portfolio is numbers, and no verdict'),
      },
    ],
  },
  {
    layer: 4,
    module: 'runtime/risk/capital_manager.py',
    lies: ['core/risk/capital.ts', 'core/risk/approval.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Size by formula, enforce limits',
        heldBy: held('core/risk/calculator.test.ts', 'is at most what one order of the instrument may have'),
      },
      {
        kind: 'forbidden',
        says: 'Override limits dynamically',
        heldBy: held(
          'core/risk/approval.test.ts',
          'cannot be made by hand: no literal, copy or cast passes for one',
          'cannot be changed',
        ),
      },
    ],
  },
  {
    layer: 4,
    module: 'runtime/risk/circuit_breaker.py',
    lies: ['core/risk/loss-breaker.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Count losses, trip at a threshold, emit BLOCK mandates',
        heldBy: held('core/risk/loss-breaker.test.ts', 'blocks every symbol while open, and none while closed'),
      },
      {
        kind: 'forbidden',
        says: 'Reset by itself',
        heldBy: held(
          'core/risk/loss-breaker.test.ts',
          'never closes by itself, whatever is won',
          'closes by a command with a reason, and counts anew from the capital of that moment',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Block in part',
        heldBy: held('core/risk/loss-breaker.test.ts', 'blocks every symbol while open, and none while closed'),
      },
    ],
  },
  {
    layer: 4,
    module: 'runtime/position',
    lies: ['core/position/position.ts'],
    clauses: [
      {
        kind: 'invariant',
        says: 'I-PSM-1: FLAT has no quantity and no direction; I-PSM-2: OPEN has both',
        heldBy: held('core/position/position.test.ts', 'holds I-PSM-1 and I-PSM-2 also when it comes from elsewhere'),
      },
      {
        kind: 'forbidden',
        says: 'Skip states, infer a state, correct an invalid one',
        heldBy: held(
          'core/position/position.test.ts',
          'every state and event',
          'has the sum of its fills as quantity after any sequence of events, or has refused',
        ),
      },
    ],
  },
  {
    layer: 5,
    module: 'runtime/exchange/order_executor.py',
    lies: ['core/execution', 'core/orders', 'adapters/binance/venue'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Validate an order, submit it, return the answer',
        heldBy: held(
          'core/execution/permission.test.ts',
          'an entry asks, is permitted, fills, is protected and reported',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Modify an order silently',
        heldBy: [
          ...held('core/orders/order.test.ts', 'never changes an order in place'),
          { importRule: 'the-execution-layer-does-not-think' },
        ],
      },
      {
        kind: 'forbidden',
        says: 'Send again without being asked to',
        heldBy: held(
          'core/execution/venue-orders.test.ts',
          'an order of unknown outcome that was done is found, never sent again',
        ),
      },
    ],
  },
  {
    layer: 5,
    module: 'runtime/exchange/fill_tracker.py',
    lies: ['core/execution/fills.ts', 'adapters/binance/venue/fills.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Ask for fills, follow them, notice a timeout',
        heldBy: held(
          'core/execution/venue-orders.test.ts',
          'an order that never arrived is asked about until the venue can no longer accept it',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Assume fills',
        heldBy: held(
          'core/execution/truth.test.ts',
          'truth ends the wait for fills that were reported and do not exist',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Cancel without being told to',
        heldBy: held(
          'core/execution/venue-orders.test.ts',
          'an order of unknown outcome is not cancelled before it is known',
        ),
      },
    ],
  },
  {
    layer: 5,
    module: 'runtime/exchange/position_reconciler.py',
    lies: ['core/reconciliation'],
    clauses: [
      {
        kind: 'forbidden',
        says: 'Close a position without an explicit flag, ignore a discrepancy silently',
        heldBy: held(
          'core/reconciliation/reconciliation.test.ts',
          'nothing closes without the flag, and nothing is synced to anything but flat',
          'each drift ends in its named decision',
        ),
      },
    ],
  },
  {
    layer: 5,
    module: 'runtime/executor/controller.py',
    lies: ['core/decision', 'core/execution'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Validate an action against the state of the position, submit it, record it',
        heldBy: held(
          'core/decision/controller.test.ts',
          'opens nothing through a closed gate, and leaves all the same',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Interpret an action anew',
        heldBy: held(
          'core/decision/controller.test.ts',
          'enters one symbol at a time, the first of the cycle',
          'passes on why risk refused',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Skip validation',
        heldBy: held('core/risk/approval.test.ts', 'cannot be made by hand: no literal, copy or cast passes for one'),
      },
      {
        kind: 'forbidden',
        says: 'Execute without a record',
        heldBy: held(
          'core/execution/permission.test.ts',
          'an entry order leaves only when its record is durable, and a permission is used once',
        ),
      },
    ],
  },
  {
    layer: 6,
    module: 'runtime/analytics/trade_journal.py',
    lies: ['core/performance/trade-journal.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Record trades, calculate their result',
        heldBy: held('core/performance/trade-journal.test.ts', 'opens a trade once and closes only what is open'),
      },
      {
        kind: 'forbidden',
        says: 'Interpret a trade, predict',
        heldBy: held(
          'core/performance/trade-journal.test.ts',
          'adds up: the days are the trades, and every end is the next start',
        ),
      },
    ],
  },
  {
    layer: 6,
    module: 'runtime/analytics/performance_tracker.py',
    lies: ['core/performance/performance-tracker.ts'],
    clauses: [
      {
        kind: 'allowed',
        says: 'Statistics of the history, rolling figures',
        heldBy: held(
          'core/performance/performance-tracker.test.ts',
          'is that of the whole history, whatever was asked on the way',
          'has a Sharpe ratio of the last 30 days, days without trades included',
        ),
      },
      {
        kind: 'forbidden',
        says: 'Recommend, predict',
        heldBy: held('contracts/contract-types.test.ts', 'the figures of a session are numbers, and no advice'),
      },
    ],
  },
]
