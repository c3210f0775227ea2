import { readFile } from 'node:fs/promises'
import { InputMistake, Mistake } from '../../base/mistakes.js'
import { plainText } from '../../base/plain-text.js'
import { present } from '../../base/present.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { bodyParts, type TimeLimit, within } from '../../files/within.js'
import type { HealthView, SessionView } from '../../ports/status-surface.js'

/** Where a document comes from: exactly one of both. */
export interface StatusSource {
  readonly file?: string
  readonly url?: string
}

/** A document is two kilobytes; what is larger by far is no document. */
const MAX_BYTES = 1_000_000
const TIMEOUT_MS = 5_000

/** Reads and parses a `/status` document. Throws {@link Mistake} when it cannot be had or is not JSON. */
export async function readStatus({ file, url }: StatusSource): Promise<unknown> {
  if ((file === undefined) === (url === undefined)) {
    throw new InputMistake('expected exactly one of --file <json> and --url <address>', {
      hint: 'A running session serves it: --url http://127.0.0.1:8080/api/v1/status',
    })
  }
  const place = file === undefined ? url! : displayPath(file)
  const text = file === undefined ? await fetchText(url!) : await fileText(file)
  try {
    return JSON.parse(text)
  } catch (error) {
    const hint = file === undefined ? { hint: 'A running session serves the document at /api/v1/status.' } : {}
    throw new InputMistake({ place, message: `expected JSON: ${(error as Error).message}` }, hint)
  }
}

/**
 * What a server shows beside its document: what the system takes for granted, and the harness; nothing of a file, of a server that
 * shows none, or does not answer. They are views: what cannot be had is not missed.
 */
export async function readViews({ url }: StatusSource): Promise<Pick<SessionView, 'health' | 'harness'>> {
  if (url === undefined || !url.endsWith(STATUS_PATH)) return {}
  try {
    const text = await fetchText(`${url.slice(0, -STATUS_PATH.length)}${SESSION_PATH}`)
    const { health, harness } = JSON.parse(text) as Pick<SessionView, 'health' | 'harness'>
    return present({
      health: isHealth(health) ? health : undefined,
      harness: Array.isArray(harness?.outOfService) ? harness : undefined,
    })
  } catch {
    return {}
  }
}

function isHealth(health: HealthView | undefined): boolean {
  const lists = [health?.assumptions, health?.components, health?.marketRegimes]
  return lists.every((list) => Array.isArray(list)) && typeof health?.systemRegime === 'object'
}

const STATUS_PATH = '/api/v1/status'
const SESSION_PATH = '/api/v1/session'

async function fileText(file: string): Promise<string> {
  try {
    return plainText(await readFile(file, 'utf8'), displayPath(file))
  } catch (error) {
    if (error instanceof InputMistake) throw error
    throw new InputMistake({ place: displayPath(file), message: `cannot read the document: ${reason(error)}` })
  }
}

async function fetchText(url: string): Promise<string> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new InputMistake({ place: '--url', message: `expected an http address, found ${JSON.stringify(url)}` })
  }
  const refuse = (message: string) => new InputMistake({ place: url, message })
  try {
    // One limit for head and body.
    return await within(TIMEOUT_MS, (limit) => answerText(url, limit, refuse))
  } catch (error) {
    if (error instanceof Mistake) throw error
    const { name, message, cause } = error as Error
    if (name === 'TimeoutError') throw refuse(`no whole answer within ${TIMEOUT_MS / 1000} s`)
    throw refuse(`no answer: ${cause instanceof Error ? cause.message : message}`)
  }
}

async function answerText(url: string, limit: TimeLimit, refuse: (message: string) => Mistake): Promise<string> {
  const response = await fetch(url, { signal: limit.signal, redirect: 'error' })
  if (!response.ok) throw refuse(`expected status 200, found ${response.status}`)
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of bodyParts(response, limit)) {
    text += decoder.decode(part, { stream: true })
    if (text.length > MAX_BYTES) throw refuse(`expected at most ${MAX_BYTES} bytes`)
  }
  return text
}
