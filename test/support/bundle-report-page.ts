import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** What pages run, by the module that holds its bundle, both below `src/adapters/report`. */
export const PAGE_BUNDLES = {
  'page-script.generated.ts': 'page/main.js',
  'cascades/page-script.generated.ts': 'page/cascades.js',
} as const

const REPORT = new URL('../../src/adapters/report/', import.meta.url)

/** Imports say `.js`, as everywhere here; esbuild looks for the `.ts` behind one only when a `.ts` file imports it. */
const typescriptBehindJs: Plugin = {
  name: 'typescript-behind-js',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\.\.\/.*\.js$/ }, ({ path, ...rest }) =>
      resolve(path.replace(/\.js$/, '.ts'), { ...rest, pluginData: undefined }),
    )
  },
}

/** The module that holds the script of a page, made from `src/adapters/report/page` and what that imports. */
export async function bundleReportPage(
  module: keyof typeof PAGE_BUNDLES = 'page-script.generated.ts',
): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(PAGE_BUNDLES[module], REPORT))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [typescriptBehindJs],
  })
  // Paths in esbuild's comments depend on where it is run from.
  const script = result.outputFiles[0]!.text.replace(/^ *\/\/ \S*src\/(?:adapters\/report\/)?(\S+)$/gm, '  // $1')
  return `/** The script of ${module === 'page-script.generated.ts' ? 'the report page' : 'the page of cascades'}. Generated from page/ by \`npm run report:build\`. Do not edit. */
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
export const PAGE_SCRIPT: string = String.raw\`${escapeForRaw(script)}\`
`
}

/** A raw template takes everything but its own end and its slots; the page's sources have neither inside a string. */
function escapeForRaw(script: string): string {
  return script.replace(/[`$]/g, (character) => `\${'${character}'}`)
}
