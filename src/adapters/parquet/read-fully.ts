import { readSync } from 'node:fs'
import { Refusal } from './refusal.js'

/** Fills `room` from the start of an open file. */
export function readFully(descriptor: number, room: Uint8Array): void {
  for (let at = 0; at < room.byteLength; ) {
    const count = readSync(descriptor, room, at, room.byteLength - at, at)
    if (count === 0) throw new Refusal(`${room.byteLength} bytes`, `the file's end at ${at}: it is being written to`)
    at += count
  }
}
