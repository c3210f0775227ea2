import { crc32, deflateRawSync } from 'node:zlib'

/** A ZIP of one file, as the public archive has them (PKWARE APPNOTE 6.3.10, section 4.3). */
export function zipOf(name: string, content: Buffer, modified: Date): Buffer {
  const packed = deflateRawSync(content)
  const nameBytes = Buffer.from(name, 'utf8')
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(NAME_IS_UTF8, 2)
  common.writeUInt16LE(DEFLATED, 4)
  common.writeUInt16LE(dosTime(modified), 6)
  common.writeUInt16LE(dosDate(modified), 8)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(content.length, 18)
  common.writeUInt16LE(nameBytes.length, 22)
  const local = Buffer.concat([signature(0x04034b50), common, nameBytes, packed])
  const versionMadeBy = Buffer.from([20, 0])
  // No comment, the first disk, plain attributes, and the entry at the beginning.
  const central = Buffer.concat([signature(0x02014b50), versionMadeBy, common, Buffer.alloc(14), nameBytes])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, central, signature(0x06054b50), end])
}

const DEFLATED = 8
const NAME_IS_UTF8 = 1 << 11

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function dosTime(date: Date): number {
  return (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)
}

function dosDate(date: Date): number {
  return ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate()
}
