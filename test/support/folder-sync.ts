import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { vi } from 'vitest'

/** Lets every fsync of a folder fail with `code`, those of files succeed, until the answered function is called. */
export async function failFolderSync(code: string): Promise<() => void> {
  const probe = await open(tmpdir(), 'r')
  const handles = Object.getPrototypeOf(probe) as typeof probe
  await probe.close()
  const { sync } = handles
  const spy = vi.spyOn(handles, 'sync').mockImplementation(async function (this: typeof probe) {
    if ((await this.stat()).isDirectory()) throw Object.assign(new Error(`${code}: fsync of a folder`), { code })
    await sync.call(this)
  })
  return () => spy.mockRestore()
}
