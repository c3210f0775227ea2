import { endpointsOf } from '../../adapters/binance/endpoints.js'
import { factorAddress } from '../../adapters/factors/factor-sources.js'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { loadServicesConfig, type ServicesConfig } from '../../config/services-config.js'
import { OptionCheck } from '../shell/option-check.js'
import { sharedGridOf } from './service-options.js'

/** The options of `dolphin serve external-factors` as they were typed. */
export interface RawFactorsOptions {
  readonly grid?: string
  readonly config?: string
  readonly exchangeAt?: string
  readonly deribitUrl?: string
  readonly fngUrl?: string
  readonly factorsFile?: string
  readonly once?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface FactorsOptions {
  readonly config: Pick<ServicesConfig, 'grid' | 'externalFactors'>
  /** Each source is asked once, and nothing is published. */
  readonly once: boolean
  readonly json: boolean
  readonly quiet: boolean
}

/** What is typed wins over the file. @throws InputMistake with every mistake. */
export async function factorsOptions(raw: RawFactorsOptions): Promise<FactorsOptions> {
  const check = new OptionCheck()
  const { exchangeAt, deribitUrl, fngUrl, factorsFile: file, once = false } = raw
  if (exchangeAt !== undefined) checked(check, '--exchange-at', () => endpointsOf(exchangeAt))
  for (const [flag, url] of [
    ['--deribit-url', deribitUrl],
    ['--fng-url', fngUrl],
  ] as const) {
    if (url !== undefined) checked(check, flag, () => factorAddress(url, flag))
  }
  if (file?.trim() === '') check.wrong('--factors-file', 'expected a file, found nothing')
  if (once && raw.grid !== undefined) check.wrong('--grid', 'does not go with --once, which publishes nothing')
  if (once && file !== undefined) check.wrong('--factors-file', 'does not go with --once, which writes nothing')
  check.done()
  const config = await loadServicesConfig(raw.config)
  const url = once ? config.grid.url : sharedGridOf({ typed: raw.grid, configured: config.grid.url }, check)
  check.done()
  return {
    config: {
      grid: { ...config.grid, url },
      externalFactors: { ...config.externalFactors, ...present({ exchangeAt, deribitUrl, fngUrl, file }) },
    },
    once,
    json: raw.json ?? false,
    quiet: raw.quiet ?? false,
  }
}

function checked(check: OptionCheck, flag: string, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    check.wrong(flag, error.problems.map(({ message }) => message).join('; '))
  }
}
