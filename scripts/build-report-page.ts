/** Bundles the scripts of the pages into the modules that they are embedded from. `npm run report:build`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleReportPage, PAGE_BUNDLES } from '../test/support/bundle-report-page.js'

const FOLDER = join(import.meta.dirname, '..', 'src/adapters/report')

for (const module of Object.keys(PAGE_BUNDLES) as (keyof typeof PAGE_BUNDLES)[])
  writeFileSync(join(FOLDER, module), await bundleReportPage(module))
