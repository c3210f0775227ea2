import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import type { DepthFrame, DepthSnapshot } from '../../src/ports/vocabulary/depth.js'

/** Decimals of the recorded symbol. */
export const RECORDED_SCALE = { priceDecimals: 2, quantityDecimals: 3 }

export interface RecordedDepth {
  readonly diffs: readonly RecordedDiff[]
  readonly snapshot: Omit<DepthSnapshot, 'requestId'>
  /** Diffs that had come before the snapshot did. */
  readonly diffsBefore: number
}

export type RecordedDiff = DepthFrame & { readonly E: number }

let recorded: RecordedDepth | undefined

/** The recorded order book of BTCUSDT; `fixtures/orderbook/make-depth.mjs` says how it was cut. */
export function recordedDepth(): RecordedDepth {
  recorded ??= read()
  return recorded
}

function read(): RecordedDepth {
  const file = fileURLToPath(new URL('../../fixtures/orderbook/btcusdt-2024-08-09-depth.txt.br', import.meta.url))
  const rows = brotliDecompressSync(readFileSync(file))
    .toString()
    .split('\n')
    .map((line) => line.split('|'))
  const diffsBefore = rows.findIndex(([, U]) => U === '')
  const [, , lastUpdateId, , bids, asks] = rows.splice(diffsBefore, 1)[0]!
  const diffs = rows.map(([E, U, u, pu, b, a]) => ({
    ...{ E: Number(E), U: Number(U), u: Number(u), pu: Number(pu) },
    ...{ b: levels(b!), a: levels(a!) },
  }))
  return {
    diffs,
    snapshot: { lastUpdateId: Number(lastUpdateId), bids: levels(bids!), asks: levels(asks!) },
    diffsBefore,
  }
}

function levels(text: string): [price: string, quantity: string][] {
  return text === '' ? [] : text.split(' ').map((level) => level.split(':') as [string, string])
}
