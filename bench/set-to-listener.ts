import { percentileOfSorted } from '../src/core/numeric/percentile.js'

/** A map as this bench needs it: of a grid, or of whatever a grid is held against. */
export interface ToldMap {
  set(key: string, value: string): Promise<unknown>
  listen(listener: (event: { readonly key: string; readonly value?: string }) => void): Promise<unknown>
}

/** Percentiles of what it takes from a `set` to the listener of it, µs. */
export interface SetToListener {
  readonly samples: number
  readonly p50Us: number
  readonly p99Us: number
  readonly p999Us: number
}

/**
 * Sets one value after another through `writer`, each when `reader` was told of the one before, and measures from before each
 * call to the listener. The first `warmup` are not counted. Two clients of one grid show what two processes of a system see.
 */
export async function measureSetToListener(
  { writer, reader }: { readonly writer: ToldMap; readonly reader: ToldMap },
  { samples, warmup, bytes }: { readonly samples: number; readonly warmup: number; readonly bytes: number },
): Promise<SetToListener> {
  let told: (value: string | undefined) => void = () => {}
  await reader.listen(({ value }) => told(value))
  const padding = 'x'.repeat(Math.max(0, bytes - 20))
  const tookUs = new Float64Array(samples)
  for (let i = -warmup; i < samples; i++) {
    const value = `{"n":${i},"p":"${padding}"}`
    const heard = new Promise<bigint>((resolve) => {
      told = (found) => {
        if (found === value) resolve(process.hrtime.bigint())
      }
    })
    const start = process.hrtime.bigint()
    const [end] = await Promise.all([heard, writer.set('latest', value)])
    if (i >= 0) tookUs[i] = Number(end - start) / 1_000
  }
  tookUs.sort()
  const at = (fraction: number): number => percentileOfSorted(tookUs, fraction)
  return { samples, p50Us: at(0.5), p99Us: at(0.99), p999Us: at(0.999) }
}

/** In one line. */
export function latencyLine(name: string, { p50Us, p99Us, p999Us, samples }: SetToListener): string {
  const us = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} µs`.padStart(10)
  return `${name.padEnd(44)} p50 ${us(p50Us)}  p99 ${us(p99Us)}  p99.9 ${us(p999Us)}  of ${samples}`
}
