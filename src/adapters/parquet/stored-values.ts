import type { PlannedColumn } from './day-schema.js'
import type { Kernels } from './kernels.js'
import { Refusal } from './refusal.js'

/** A file that is fine but uses a feature the fast decoder leaves to hyparquet. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

/** Bytes of one plain value; throws `Unsupported` for the types and conversions left to the fallback. */
export function storedWidth({ source, target }: PlannedColumn): 4 | 8 {
  const { type, meaning } = source
  if (target === 'int64') {
    if (type === 'INT64' && !(meaning.type === 'integer' && !meaning.signed)) return 8
  } else {
    if (type === 'DOUBLE' || type === 'INT64') return 8
    if (type === 'FLOAT' || type === 'INT32') return 4
  }
  throw new Unsupported(`${type} as ${target}`)
}

const INT64_BOUND = 2n ** 63n - 1n

/** Converts `count` plain stored values at `src` into the column's 8-byte values at `out`; `src` may be `out` for 8-byte types. */
export function widen(
  kernels: Kernels,
  { source, target, scale }: PlannedColumn,
  src: number,
  count: number,
  out: number,
): void {
  const { type, meaning } = source
  const unsigned = meaning.type === 'integer' && !meaning.signed
  if (storedIn8Bytes(type)) {
    if (src !== out) kernels.bytes.copyWithin(out, src, src + count * 8)
    if (type === 'INT64' && target === 'float64') kernels.run.float(out, count, unsigned ? 1 : 0)
    if (scale !== 1) {
      const factor = BigInt(scale)
      const valid = kernels.run.scale(out, count, factor, INT64_BOUND / factor)
      if (valid !== count) throw new Refusal('times within int64 nanoseconds', 'one beyond')
    }
    return
  }
  const { view } = kernels
  const output = new Float64Array(view.buffer, out, count)
  if (type === 'FLOAT') for (let i = 0; i < count; i++) output[i] = view.getFloat32(src + i * 4, true)
  else if (unsigned) for (let i = 0; i < count; i++) output[i] = view.getUint32(src + i * 4, true)
  else for (let i = 0; i < count; i++) output[i] = view.getInt32(src + i * 4, true)
}

function storedIn8Bytes(type: string): boolean {
  return type === 'DOUBLE' || type === 'INT64'
}
