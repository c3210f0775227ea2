import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 optimise only what runs long, for a command that ends within seconds: a backtest of 56 days spends a quarter of
 * its CPU time on optimising 119 functions otherwise, most of which have done their work by then (1.08 s of CPU time, 0.94 so), a
 * day on paper a sixth (2.2 s, 1.8 so). What runs for a minute loses 3 % by it.
 */
export function compileLate(): void {
  if (Number.parseInt(process.versions.v8, 10) > V8_MAJOR_MAX) return
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`)
}

/** In bytes of bytecode that a function runs through before V8 looks at it; 132 kB where nobody says otherwise. */
const INTERRUPT_BUDGET = 500_000
/** The flag is no promise of V8: it is there from the release of Node 20 to that of Node 24, and said to no later one. */
const V8_MAJOR_MAX = 13
