import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHAMPION_HASH } from '../../core/engine/parameters.js'
import { issueCertificate } from '../../core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../core/status/frozen-constants.js'
import { packageVersion } from '../../files/package-files.js'
import { DRILL_DAY } from './days.js'

/** A session under a certificate of the champion that is valid for so long from now on, signed with a key of the drill. */
export async function stagingArgs(
  folder: string,
  { name, validMs }: { readonly name: string; readonly validMs: number },
): Promise<readonly string[]> {
  const issuedAtMs = Date.now()
  const certificate = issueCertificate(
    {
      championHash: CHAMPION_HASH,
      constantsHash: CONSTANTS_HASH,
      dataHash: '00'.repeat(32),
      from: DRILL_DAY.date,
      to: DRILL_DAY.date,
      days: 1,
      barSeconds: DRILL_DAY.stepMs / 1000,
      figures: { trades: 0, roi: 0, profitFactor: null, maxDrawdown: 0, sharpe: 0, roiWithoutEdge: 0 },
      demands: [],
      engineVersion: packageVersion(),
      issuedAtMs,
      expiresAtMs: issuedAtMs + validMs,
    },
    new TextEncoder().encode(KEY),
  )
  const [file, keyFile] = [join(folder, `${name}.json`), join(folder, 'certificate.key')]
  await writeFile(file, JSON.stringify(certificate))
  await writeFile(keyFile, KEY, { mode: 0o600 })
  return ['--environment', 'STAGING', '--certificate', file, '--certificate-key-file', keyFile]
}

const KEY = 'the key of the drilled operator'
