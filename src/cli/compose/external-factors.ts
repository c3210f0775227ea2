import { endpointsOf } from '../../adapters/binance/endpoints.js'
import { FACTOR_HOSTS, factorAddress, factorSources, isLoopback } from '../../adapters/factors/factor-sources.js'
import type { ServicesConfig } from '../../config/services-config.js'
import type { Clock } from '../../ports/clock.js'
import type { FactorSource } from '../../ports/factor-source.js'
import type { Grid } from '../../ports/grid.js'
import { ExternalFactorsService } from '../../runtime/services/factors/external-factors-service.js'
import { FactorsFile } from '../../runtime/services/factors/factors-file.js'
import { KeptFactors } from '../../runtime/services/factors/kept-factors.js'

/** What the service runs on. */
export interface ExternalFactorsSurroundings {
  readonly grid: Grid
  readonly time: Clock
  readonly random: () => number
  readonly put: (map: string, key: string, text: string) => void
  warn(text: string): void
}

/** @throws InputMistake for a wrong address, or a file of other columns; SurroundingsFailed when another process writes the file. */
export async function openExternalFactors(
  config: ServicesConfig['externalFactors'],
  { grid, time, random, put, warn }: ExternalFactorsSurroundings,
): Promise<ExternalFactorsService> {
  const sources = factorSourcesOf(config)
  const file = await FactorsFile.open(config.file)
  const kept = new KeptFactors(keptPathOf(config.file), warn)
  return new ExternalFactorsService({ grid, clock: time, random, sources, file, kept, put, warn })
}

/**
 * The four sources. A sandbox stands in for all of them: where the exchange is at an address of this machine and nobody says
 * otherwise, Deribit and alternative.me are asked there, too.
 *
 * @throws InputMistake
 */
export function factorSourcesOf({
  exchangeAt,
  deribitUrl,
  fngUrl,
}: Pick<ServicesConfig['externalFactors'], 'exchangeAt' | 'deribitUrl' | 'fngUrl'>): readonly FactorSource[] {
  const { restUrl } = endpointsOf(exchangeAt)
  const isSandbox = isLoopback(new URL(restUrl).hostname)
  return factorSources({
    exchange: restUrl,
    deribit: factorAddress(
      deribitUrl ?? (isSandbox ? `${restUrl}/deribit` : FACTOR_HOSTS.deribit),
      'the address of Deribit',
    ),
    fearAndGreed: factorAddress(
      fngUrl ?? (isSandbox ? restUrl : FACTOR_HOSTS.fearAndGreed),
      'the address of Fear & Greed',
    ),
  })
}

/** `factors.kept.json` beside `factors.csv`. */
function keptPathOf(file: string): string {
  return `${file.replace(/\.csv$/, '')}.kept.json`
}
