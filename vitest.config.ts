import { defineConfig } from 'vitest/config'

/** Unit suites that take seconds each (exact arithmetic, replays, whole commands in process): `npm test` runs them, `npm run check` does not. */
const SLOW = [
  'test/cli/compare/**/*.test.ts',
  'test/cli/data/**/*.test.ts',
  'test/cli/scan/**/*.test.ts',
  'test/cli/backtest/causality.test.ts',
  'test/core/backtest/causality.test.ts',
  'test/core/eigen/**/*.test.ts',
  'test/core/engine/playback.test.ts',
  'test/runtime/strategy/**/*.test.ts',
]

const UNIT = ['base', 'ports', 'core', 'files', 'config', 'runtime', 'cli', 'entries'].map(
  (room) => `test/${room}/**/*.test.ts`,
)

const limits = { testTimeout: 60_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      { test: { ...limits, name: 'unit', include: [...UNIT, 'test/*.test.ts'], exclude: SLOW } },
      { test: { ...limits, name: 'slow', include: [...SLOW, 'test/adapters/**/*.test.ts'] } },
      {
        test: {
          ...limits,
          name: 'system',
          include: ['e2e', 'simulation', 'golden', 'status', 'crash', 'dashboard', 'fixtures', 'examples'].map(
            (suite) => `test/${suite}/**/*.test.ts`,
          ),
        },
      },
    ],
  },
})
