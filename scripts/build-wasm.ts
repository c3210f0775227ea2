import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

/** Assembles the WebAssembly text modules of src into TypeScript modules: `npm run wasm`. */
const MODULES = ['src/core/selection/segment-profiles', 'src/adapters/parquet/kernels', 'src/core/eigen/scan-kernel']

/** The generated module for a text module: the binary as base64, so that it loads without a file or a fetch. */
export async function assemble(name: string): Promise<string> {
  const { parseWat } = await wabt()
  const module = parseWat(`${name}.wat`, readFileSync(rooted(`${name}.wat`), 'utf8'), { simd: true })
  const { buffer } = module.toBinary({})
  const constant = `${name.split('/').at(-1)!.replaceAll('-', '_').toUpperCase()}_WASM`
  return [
    `// Generated from ${name.split('/').at(-1)}.wat by \`npm run wasm\`; do not edit.`,
    `export const ${constant} =`,
    `  '${Buffer.from(buffer).toString('base64')}'`,
    '',
  ].join('\n')
}

export function generatedPath(name: string): string {
  return rooted(`${name}.wasm.ts`)
}

function rooted(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}

export { MODULES }

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of MODULES) writeFileSync(generatedPath(name), await assemble(name))
}
