import { nodePlatform, type Platform } from '../../src/platform.ts'

/** The errors that file systems without hard links give. */
export function withoutLinks(code = 'EPERM'): Platform {
  const refusal = Object.assign(new Error(`${code}: refused, link`), { code })
  return { ...nodePlatform(), link: () => Promise.reject(refusal) }
}

export function platformNamed(name: string): Platform {
  return name === 'without-links' ? withoutLinks() : nodePlatform()
}
