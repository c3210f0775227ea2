import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'

/** Where a Redis is; what is secret of its URL is in the options alone. */
export interface RedisAddress {
  /** `redis://host:port/0`, without name and password: for messages. */
  readonly shown: string
  readonly options: {
    readonly host: string
    readonly port: number
    readonly db: number
    readonly username?: string
    readonly password?: string
    readonly tls?: object
  }
}

/** @throws InputMistake when the URL is none. */
export function redisAddress(url: string): RedisAddress {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new InputMistake({ place: '--redis', message: 'expected redis://host:port, found something that is no URL' })
  }
  const { protocol, hostname, port, username, password, pathname } = parsed
  const database = /^\/?(\d*)$/.exec(pathname)?.[1]
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || database === undefined) {
    const shown = `${protocol}//${hostname}${pathname}`
    throw new InputMistake({ place: '--redis', message: `expected redis://host:port[/database], found ${shown}` })
  }
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 6379 : Number(port), db: Number(database) }
  return {
    shown: `${protocol}//${hostname}:${at.port}/${at.db}`,
    options: {
      ...at,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  }
}

/** The packages that speak to Redis. Loaded where one is named: nobody else needs them. @throws SurroundingsFailed where they are not installed. */
export async function loadRedisClients() {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return { Queue: bullmq.Queue, Worker: bullmq.Worker, Redis: ioredis.Redis }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new SurroundingsFailed(
      { place: '--redis', message: 'the packages bullmq and ioredis are not installed' },
      { hint: 'npm install bullmq ioredis' },
    )
  }
}
