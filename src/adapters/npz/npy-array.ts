/** An array file of numpy that is not used: what was expected, what was found. */
export class NpyFault extends Error {
  override readonly name = 'NpyFault'
  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`)
  }
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1')
/** As numpy writes it: the three keys in any order, a comma after each. */
const DESCR = /'descr':\s*('[^']*'|[[(].*?[\])])\s*,/
const FORTRAN = /'fortran_order':\s*(True|False)\s*,/
const SHAPE = /'shape':\s*\(([\d,\s]*)\)/
const ITEM_BYTES: Readonly<Record<string, 4 | 8>> = { "'<f4'": 4, "'<f8'": 8 }

/**
 * The one number of an array of numpy (NPY 1.0 and 2.0): a scalar, or an array of one element, little-endian float32 or
 * float64. Throws {@link NpyFault} for anything else; pickled objects are never looked into.
 */
export function readNpyNumber(bytes: Buffer): number {
  const { header, dataStart } = headerOf(bytes)
  const descr = DESCR.exec(header)?.[1] ?? 'none'
  const itemBytes = ITEM_BYTES[descr]
  if (itemBytes === undefined) throw new NpyFault("dtype '<f8' or '<f4'", `dtype ${shortened(descr)}`)
  if (!FORTRAN.test(header)) throw new NpyFault("'fortran_order' in the header", shortened(header))
  const shape = SHAPE.exec(header)?.[1]
  if (shape === undefined) throw new NpyFault("'shape' in the header", shortened(header))
  const sizes = shape.split(',').filter((size) => size.trim() !== '')
  if (sizes.some((size) => Number(size) !== 1)) throw new NpyFault('one value', `an array of shape (${shape.trim()})`)
  const data = bytes.subarray(dataStart)
  if (data.length !== itemBytes) throw new NpyFault(`${itemBytes} bytes of data`, `${data.length}`)
  return itemBytes === 8 ? data.readDoubleLE(0) : data.readFloatLE(0)
}

function headerOf(bytes: Buffer): { readonly header: string; readonly dataStart: number } {
  if (bytes.length < 12 || !bytes.subarray(0, 6).equals(MAGIC))
    throw new NpyFault('an array file of numpy', 'other bytes')
  const [major, minor] = [bytes[6]!, bytes[7]!]
  if ((major !== 1 && major !== 2) || minor !== 0) throw new NpyFault('NPY version 1.0 or 2.0', `${major}.${minor}`)
  const start = major === 1 ? 10 : 12
  const length = major === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  if (start + length > bytes.length) throw new NpyFault(`a header of ${length} bytes`, `${bytes.length - start}`)
  return { header: bytes.toString('latin1', start, start + length), dataStart: start + length }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text.trim()
}
