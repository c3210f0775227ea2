import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { readFault } from '../../sandbox/fault-values.js'
import { FAULTS } from '../../sandbox/faults.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'

export interface RemoteOptions {
  /** Of a running sandbox. */
  readonly at: string
  readonly token?: string
}

export function listFaults(): ExitCode {
  process.stdout.write(
    `${Object.entries(FAULTS)
      .map(([name, fault]) => `${name.padEnd(24)}${takenBy(fault).padEnd(8)}${fault.what}`)
      .join('\n')}\n`,
  )
  return EXIT.ok
}

function takenBy(fault: (typeof FAULTS)[keyof typeof FAULTS]): string {
  const takes = fault.kind === 'knob' ? fault.unit : fault.takes
  return takes === 'none' ? '' : takes
}

export async function showStatus({ at }: RemoteOptions): Promise<ExitCode> {
  return answered(await asked(at, '/sandbox/status', { method: 'GET' }))
}

export async function setFault(
  options: RemoteOptions & { readonly name: string; readonly value: string | undefined; readonly clear?: boolean },
): Promise<ExitCode> {
  const { at, name, value } = options
  if (options.clear === true) {
    const path = name === 'all' ? '/sandbox/faults' : `/sandbox/faults/${encodeURIComponent(name)}`
    return answered(await asked(at, path, changing('DELETE', options)))
  }
  const wish = readFault(name, value)
  if (typeof wish === 'string') throw new InputMistake({ place: 'fault', message: wish })
  return answered(await asked(at, `/sandbox/faults/${name}`, changing('POST', options, { value: value ?? null })))
}

export async function movePrice(
  options: RemoteOptions & { readonly percent: string; readonly symbol: string | undefined },
): Promise<ExitCode> {
  const percent = Number(options.percent)
  if (options.percent.trim() === '' || !Number.isFinite(percent)) {
    throw new InputMistake({ place: 'percent', message: `expected a number, found "${options.percent}"` })
  }
  const { symbol } = options
  const wish = { percent, ...(symbol !== undefined && { symbol }) }
  return answered(await asked(options.at, '/sandbox/price', changing('POST', options, wish)))
}

export async function restart(options: RemoteOptions & { readonly ms: string | undefined }): Promise<ExitCode> {
  if (options.ms !== undefined && !/^\d+$/.test(options.ms)) {
    throw new InputMistake({ place: 'ms', message: `expected milliseconds, found "${options.ms}"` })
  }
  const wish = options.ms === undefined ? {} : { ms: Number(options.ms) }
  return answered(await asked(options.at, '/sandbox/restart', changing('POST', options, wish)))
}

function changing(
  method: string,
  { token = process.env.DOLPHIN_SANDBOX_TOKEN }: RemoteOptions,
  body?: object,
): RequestInit {
  if (token === undefined || token === '') {
    throw new InputMistake({
      place: '--token',
      message: 'expected the token that the sandbox printed, here or in $DOLPHIN_SANDBOX_TOKEN, found none',
    })
  }
  return { method, headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body ?? {}) }
}

async function asked(at: string, path: string, init: RequestInit): Promise<Response> {
  if (!URL.canParse(at)) throw new InputMistake({ place: '--at', message: `expected an address, found "${at}"` })
  try {
    return await fetch(new URL(path, at), init)
  } catch {
    throw new SurroundingsFailed({ place: at, message: 'no sandbox answers there; start one with `dolphin sandbox`' })
  }
}

async function answered(response: Response): Promise<ExitCode> {
  const text = await response.text()
  if (response.ok) {
    process.stdout.write(text)
    return EXIT.ok
  }
  throw new SurroundingsFailed({ place: response.url, message: `it says no: ${text.trim()}` })
}
