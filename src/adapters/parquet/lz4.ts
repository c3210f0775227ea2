import { Refusal } from './refusal.js'

/** Decompresses one LZ4 block and gives the bytes written. Source: LZ4 block format description. */
export function decompressLz4Block(input: Uint8Array, output: Uint8Array): number {
  let at = 0
  let to = 0
  const lengthAfter = (nibble: number): number => {
    if (nibble < 15) return nibble
    let length = 15
    for (;;) {
      if (at >= input.length) throw new Refusal('LZ4 data', 'its end within a length')
      const byte = input[at++]!
      length += byte
      if (byte < 255) return length
    }
  }
  while (at < input.length) {
    const token = input[at++]!
    const literals = lengthAfter(token >> 4)
    if (literals > input.length - at || literals > output.length - to)
      throw new Refusal('LZ4 literals', `${literals} too many`)
    output.set(input.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at === input.length) return to
    if (input.length - at < 2) throw new Refusal('LZ4 data', 'its end within an offset')
    const offset = input[at]! | (input[at + 1]! << 8)
    at += 2
    const length = lengthAfter(token & 15) + 4
    if (offset === 0 || offset > to) throw new Refusal(`an LZ4 offset of 1 to ${to}`, `${offset}`)
    if (length > output.length - to) throw new Refusal(`an LZ4 match of at most ${output.length - to}`, `${length}`)
    if (offset >= length) output.copyWithin(to, to - offset, to - offset + length)
    else for (let i = 0; i < length; i++) output[to + i] = output[to - offset + i]!
    to += length
  }
  return to
}

/** The deprecated codec `LZ4`: blocks behind two big-endian lengths as Hadoop writes them, or a bare block as old Arrow did. */
export function decompressLz4Hadoop(input: Uint8Array, output: Uint8Array): number {
  if (!isHadoopFramed(input, output.length)) return decompressLz4Block(input, output)
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let at = 0
  let to = 0
  while (at < input.length) {
    const unpacked = view.getUint32(at)
    const packed = view.getUint32(at + 4)
    const written = decompressLz4Block(input.subarray(at + 8, at + 8 + packed), output.subarray(to, to + unpacked))
    if (written !== unpacked) throw new Refusal(`an LZ4 block of ${unpacked} bytes`, `${written}`)
    at += 8 + packed
    to += unpacked
  }
  return to
}

/** Whether the lengths of Hadoop's frames add up to exactly the input and the output. */
function isHadoopFramed(input: Uint8Array, outputLength: number): boolean {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let at = 0
  let unpacked = 0
  while (at <= input.length - 8) {
    unpacked += view.getUint32(at)
    at += 8 + view.getUint32(at + 4)
  }
  return at === input.length && unpacked === outputLength
}
