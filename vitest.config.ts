import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Unit suites that take a second or more: `npm test` runs them, `npm run check` does not. A suite belongs here when it replays
 * markets or sessions, computes exactly beside the fast way, holds a law against thousands of cases, runs whole commands, reads the
 * whole source, or starts a process, a server, a worker or a compiler.
 */
const SLOW = [
  ...['book', 'compare', 'data', 'journal', 'observe', 'sandbox', 'scan', 'trade', 'verify-path'].map(
    (command) => `test/cli/${command}/**/*.test.ts`,
  ),
  'test/cli/backtest/causality.test.ts',
  'test/cli/compose/{analysed-recordings,book-recording,flow-tasks,live-gates,live-record,looked-at-books}.test.ts',
  'test/cli/disordered-days.test.ts',
  'test/cli/serve/run-{books,observation}.test.ts',
  'test/cli/status/{command,source}.test.ts',
  'test/core/backtest/{causality,replica,strategy-backtest,veiled-day}.test.ts',
  'test/core/days/{synthesize,synthetic-recording}.test.ts',
  'test/core/decision/two-sides.test.ts',
  'test/runtime/services/trader/live-session-books.test.ts',
  'test/core/eigen/**/*.test.ts',
  'test/core/engine/{engine,fills,playback,price-history,ranking-windows,snapshot-history}.test.ts',
  'test/core/execution/execution-model.test.ts',
  'test/core/exits/{delisting,liquidation}.test.ts',
  'test/core/harness/cycle-{laws,now}.test.ts',
  'test/core/journal/scan.test.ts',
  'test/core/observation/{bounds,laws}.test.ts',
  'test/core/orderbook/{asset-features,book-side,depth-book,market-features,replayed-books}.test.ts',
  'test/core/link/{envelope,link-endpoint,prose}.test.ts',
  'test/core/selection/selection.test.ts',
  'test/core/signal/vol-gate.test.ts',
  'test/core/status/{check,contract-2,system-state}.test.ts',
  'test/core/strategy/parity.test.ts',
  'test/documents.test.ts',
  'test/runtime/harness/run-cycle.test.ts',
  'test/runtime/flows/{due-turn,killed-flows,run-flow}.test.ts',
  'test/runtime/services/factors/external-factors-service.test.ts',
  'test/runtime/services/order-book/order-book-service.test.ts',
  'test/runtime/services/universe/universe-of-540.test.ts',
  'test/runtime/session/{quiet-time,session,session-recovery}.test.ts',
  'test/runtime/status/command-client.test.ts',
  'test/runtime/strategy/**/*.test.ts',
]

/** Unit suites that replace modules, which no other file may have loaded into their process before. */
export const REPLACING = ['test/files/folder.test.ts', 'test/files/writer-lock.test.ts']

const UNIT = ['base', 'ports', 'core', 'files', 'config', 'runtime', 'cli', 'entries'].map(
  (room) => `test/${room}/**/*.test.ts`,
)

/** For what never comes: a test that waits for events takes as long as the machine is busy, ten times as long at ten times the load. */
const limits = { testTimeout: 900_000, hookTimeout: 900_000 }

export default defineConfig({
  test: {
    // Many suites wait for processes and clocks: on two cores the default, one worker, leaves them idle.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: [...UNIT, 'test/contracts/**/*.test.ts', 'test/*.test.ts'],
          exclude: [...SLOW, ...REPLACING],
          // Files share the modules of their process: loading those anew for each file is half of the time.
          isolate: false,
        },
      },
      { test: { ...limits, name: 'unit-replacing', include: REPLACING } },
      {
        test: {
          ...limits,
          name: 'slow',
          include: [...SLOW, 'test/adapters/**/*.test.ts', 'test/sandbox/**/*.test.ts'],
        },
      },
      {
        test: {
          ...limits,
          name: 'system',
          include: [
            'e2e',
            'simulation',
            'golden',
            'status',
            'crash',
            'dashboard',
            'fixtures',
            'examples',
            'faults',
            'soak',
            'fidelity',
          ].map((suite) => `test/${suite}/**/*.test.ts`),
        },
      },
    ],
  },
})
