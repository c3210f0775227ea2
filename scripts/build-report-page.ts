/** Bundles the script of the report page into the module that the report embeds. `npm run report:build`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleReportPage } from '../test/support/bundle-report-page.js'

const OUTPUT = join(import.meta.dirname, '..', 'src/adapters/report/page-script.generated.ts')

writeFileSync(OUTPUT, await bundleReportPage())
