import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ZipMember, zipOf } from '../../support/kline-files.js'

export interface NpyForm {
  readonly version?: readonly [number, number]
  readonly descr?: string
  readonly shape?: string
  /** The whole header, where it is none of these. */
  readonly header?: string
}

/** An array file as numpy writes it, or one whose header lies. */
export function npyOf(value: number, form: NpyForm = {}): Buffer {
  const { version = [1, 0], descr = "'<f8'", shape = '()' } = form
  const header = form.header ?? `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`
  const prefix = version[0] === 1 ? 10 : 12
  const text = `${header.padEnd(Math.ceil((prefix + header.length + 1) / 64) * 64 - prefix - 1)}\n`
  const head = Buffer.alloc(prefix)
  head.write('\x93NUMPY', 'latin1')
  head.set(version, 6)
  if (prefix === 10) head.writeUInt16LE(text.length, 8)
  else head.writeUInt32LE(text.length, 8)
  const data = Buffer.alloc(descr === "'<f4'" ? 4 : 8)
  if (data.length === 4) data.writeFloatLE(value)
  else data.writeDoubleLE(value)
  return Buffer.concat([head, Buffer.from(text), data])
}

export function npzOf(arrays: Readonly<Record<string, number | Buffer>>, form: Partial<ZipMember> = {}): Buffer {
  const member = ([name, value]: [string, number | Buffer]): ZipMember => ({
    name: `${name}.npy`,
    bytes: typeof value === 'number' ? npyOf(value) : value,
    ...form,
  })
  return zipOf(Object.entries(arrays).map(member))
}

export function writeScan(folder: string, scan: string, npz: Buffer): void {
  const path = join(folder, `${scan}.npz`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, npz)
}
