import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ChecksumDiffers,
  checksumOf,
  fetchArchiveFile,
  isVerified,
} from '../../../../src/adapters/binance/archive/archive-files.js'
import { BrokeOff, CannotGet, politeGet } from '../../../../src/adapters/binance/archive/polite-get.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { temporaryFolder } from '../../../support/in-process-command.js'

const FILE = { symbol: 'BTCUSDT', interval: '1m', period: '2025-05-10' }
const NAME = 'BTCUSDT-1m-2025-05-10.zip'
const URL_OF_IT = `http://127.0.0.1/data/futures/um/daily/klines/BTCUSDT/1m/${NAME}`
const folder = temporaryFolder()

type Answer = () => Response | Error

/** Answers in the order in which a path is asked for, the last one for ever. */
function server(answers: Readonly<Record<string, readonly Answer[]>>) {
  const asked: string[] = []
  const clock = new FakeClock()
  const controller = new AbortController()
  const fetch = (async (url: string) => {
    const list = answers[url] ?? []
    const before = asked.filter((one) => one === url).length
    asked.push(url)
    const answer = (list[Math.min(before, list.length - 1)] ?? (() => new Response('none', { status: 404 })))()
    if (answer instanceof Error) throw answer
    return answer
  }) as unknown as typeof globalThis.fetch
  return { asked, clock, controller, options: { clock, signal: controller.signal, fetch } }
}

const body =
  (text: string, init: ResponseInit = {}): Answer =>
  () =>
    new Response(text, init)
const broken: Answer = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('half'))
        controller.error(new Error('cut'))
      },
    }),
  )
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const list = (text: string) => body(`${sha(text)}  ${NAME}\n`)

function fetched(options: ReturnType<typeof server>['options']) {
  return fetchArchiveFile(FILE, { archiveUrl: 'http://127.0.0.1', path: join(folder.path, NAME) }, options)
}

describe('a file of the archive', () => {
  it('is there with its checksum, and verified, once both have come', async () => {
    const { options } = server({ [URL_OF_IT]: [body('zip')], [`${URL_OF_IT}.CHECKSUM`]: [list('zip')] })
    expect(await fetched(options)).toEqual({ kind: 'fetched', bytes: 3 })
    expect(readdirSync(folder.path).sort()).toEqual([NAME, `${NAME}.CHECKSUM`])
    expect(await isVerified(join(folder.path, NAME))).toBe(true)
    writeFileSync(join(folder.path, NAME), 'zap')
    expect(await isVerified(join(folder.path, NAME))).toBe(false)
  })

  it('leaves nothing behind when its bytes are not what its checksum says, which is tried three times', async () => {
    const { options, asked } = server({ [URL_OF_IT]: [body('zap')], [`${URL_OF_IT}.CHECKSUM`]: [list('zip')] })
    await expect(fetched(options)).rejects.toThrow(ChecksumDiffers)
    expect(readdirSync(folder.path)).toEqual([])
    expect(asked.length).toBe(6)
  })

  it('is fetched again with its checksum where the archive replaced both between the two requests', async () => {
    const { options } = server({
      [URL_OF_IT]: [body('new')],
      [`${URL_OF_IT}.CHECKSUM`]: [list('old'), list('new')],
    })
    expect(await fetched(options)).toEqual({ kind: 'fetched', bytes: 3 })
    expect(readFileSync(join(folder.path, NAME), 'utf8')).toBe('new')
  })

  it('is fetched again when it breaks off, and leaves nothing behind when it always does', async () => {
    const once = server({ [URL_OF_IT]: [broken, body('zip')], [`${URL_OF_IT}.CHECKSUM`]: [list('zip')] })
    expect(await fetched(once.options)).toEqual({ kind: 'fetched', bytes: 3 })
    const always = server({ [URL_OF_IT]: [broken], [`${URL_OF_IT}.CHECKSUM`]: [list('zip')] })
    await expect(fetched(always.options)).rejects.toThrow(BrokeOff)
    expect(readdirSync(folder.path).sort()).toEqual([NAME, `${NAME}.CHECKSUM`])
  })

  it('is absent where the archive has no checksum of it', async () => {
    const { options, asked } = server({})
    expect(await fetched(options)).toEqual({ kind: 'absent' })
    expect(asked).toEqual([`${URL_OF_IT}.CHECKSUM`])
  })

  it('has a checksum that names it', async () => {
    const { options } = server({ [`${URL_OF_IT}.CHECKSUM`]: [body(checksumOf('zip', 'ETHUSDT-1m-2025-05-10.zip'))] })
    await expect(fetched(options)).rejects.toThrow(/found none/)
  })
})

describe('getting politely', () => {
  const url = 'http://127.0.0.1/file'

  it('waits for as long as a busy server says, else twice as long each time', async () => {
    const busy = (status: number, after?: string) =>
      body('', { status, headers: after === undefined ? {} : { 'retry-after': after } })
    const { options, clock } = server({
      [url]: [busy(503), busy(429, '7'), busy(500), () => new TypeError('fetch failed'), body('x')],
    })
    expect((await politeGet(url, options)).kind).toBe('found')
    expect(clock.sleeps).toEqual([1_000, 7_000, 4_000, 8_000])
  })

  it.each([
    ['five failures', [body('', { status: 503 })], 5],
    ['a refusal that another try would not change', [body('', { status: 403 })], 1],
    ['a server that asks for an hour', [body('', { status: 429, headers: { 'retry-after': '3600' } })], 1],
  ])('gives up after %s', async (_, answers, tries) => {
    const { options, asked } = server({ [url]: answers })
    await expect(politeGet(url, options)).rejects.toThrow(CannotGet)
    expect(asked.length).toBe(tries)
  })

  it('ends with the reason of a signal that is aborted', async () => {
    const { options, controller, clock } = server({ [url]: [body('', { status: 503 })] })
    clock.sleep = async (_ms, signal) => {
      controller.abort(new Error('stopped'))
      signal?.throwIfAborted()
    }
    await expect(politeGet(url, options)).rejects.toThrow('stopped')
  })
})
