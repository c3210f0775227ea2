import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { ZSTDDecoder } from 'zstddec'
import type { Codec } from './footer.js'
import { decompressLz4Block, decompressLz4Hadoop } from './lz4.js'
import { Refusal } from './refusal.js'

/** Makes `codec` ready for `decompress`: Zstandard's module is loaded when the first file needs it. */
export async function prepareCodec(codec: Codec): Promise<void> {
  if (codec !== 'ZSTD' || zstd !== undefined) return
  const { ZSTDDecoder } = await import('zstddec')
  const decoder = new ZSTDDecoder()
  await decoder.init()
  zstd = decoder
}

let zstd: ZSTDDecoder | undefined

/** Decompresses `input` into all of `output`; anything but exactly that many bytes is refused. Snappy has a kernel of its own. */
export function decompress(
  codec: Exclude<Codec, 'SNAPPY' | 'UNCOMPRESSED'>,
  input: Uint8Array,
  output: Uint8Array,
): void {
  let length: number
  try {
    length = unpack(codec, input, output)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(
      `${output.byteLength} bytes of ${codec} data`,
      error instanceof Error ? error.message : String(error),
    )
  }
  if (length !== output.byteLength) throw new Refusal(`${output.byteLength} bytes of ${codec} data`, `${length}`)
}

function unpack(codec: Exclude<Codec, 'SNAPPY' | 'UNCOMPRESSED'>, input: Uint8Array, output: Uint8Array): number {
  switch (codec) {
    case 'GZIP':
      return copied(gunzipSync(input, { maxOutputLength: Math.max(output.byteLength, 1) }), output)
    case 'BROTLI':
      return copied(brotliDecompressSync(input, { maxOutputLength: Math.max(output.byteLength, 1) }), output)
    case 'ZSTD':
      if (zstd === undefined) throw new Error('prepareCodec comes first')
      // Errors of the decoder show as an output that is too short.
      return copied(zstd.decode(input, output.byteLength), output)
    case 'LZ4_RAW':
      return decompressLz4Block(input, output)
    case 'LZ4':
      return decompressLz4Hadoop(input, output)
    case 'LZO':
      throw new Refusal('a codec in use', 'LZO')
  }
}

function copied(bytes: Uint8Array, output: Uint8Array): number {
  if (bytes.byteLength <= output.byteLength) output.set(bytes)
  return bytes.byteLength
}
