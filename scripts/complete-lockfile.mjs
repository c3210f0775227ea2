// Completes package-lock.json: `npm run lockfile`, after any `npm install`.
//
// npm leaves optional platform packages out of the lockfile when the registry in use does not have them, and then
// `npm ci` refuses that lockfile everywhere. The versions are known all the same: each parent pins them exactly.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
}
const CPU = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  x64: 'x64',
}

/** The entries that a lockfile's packages pin and do not have, by their place in the tree. */
export function missingPlatformPackages(packages) {
  const missing = {}
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    if (place === '') continue
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (`node_modules/${name}` in packages || `${place}/node_modules/${name}` in packages) continue
      const words = name.split(/[/-]/)
      const os = words.map((word) => OS[word]).find(Boolean)
      const cpu = words.map((word) => CPU[word]).find(Boolean)
      if (!/^\d+\.\d+\.\d+/.test(version) || (os === undefined && cpu === undefined)) continue
      missing[`node_modules/${name}`] = {
        version,
        ...(cpu === undefined ? {} : { cpu: [cpu] }),
        ...(dev ? { dev } : {}),
        optional: true,
        ...(os === undefined ? {} : { os: [os] }),
        ...(words.includes('musl') ? { libc: ['musl'] } : {}),
      }
    }
  }
  return missing
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const added = missingPlatformPackages(lock.packages)
  const sorted = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1))
  lock.packages = Object.fromEntries(sorted)
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`package-lock.json: ${Object.keys(added).length} platform packages added`)
}
