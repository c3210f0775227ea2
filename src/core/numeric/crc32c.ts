/** CRC-32C (Castagnoli, reflected 0x82f63b78): the checksum of envelopes and journal records. Check value of "123456789": e3069283. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffffffff
  for (let i = start; i < end; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** Of the text's UTF-8 bytes, as 8 lower-case hex digits. */
export function crc32cHex(text: string): string {
  return crc32cOfText(text).toString(16).padStart(8, '0')
}

/** Without encoding first: messages are ASCII nearly always, and an encoder call costs more than the sum. */
function crc32cOfText(text: string): number {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return crc32c(new TextEncoder().encode(text))
    crc = TABLE[(crc ^ unit) & 0xff]! ^ (crc >>> 8)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const TABLE = new Int32Array(256).map((_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})
