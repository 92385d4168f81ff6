import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { targetOf } from '../../../website/links.ts'
import { type Manifest, packageFolders, root } from '../boundaries/workspace.ts'
import { WHEN } from './when.ts'

/** A package that is published, with the text of its `SKILL.md`. */
export interface Skill {
  readonly name: string
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

/** What holds for a program with any of the packages. */
const RULES = `## Rules

- Make a credential once per vendor and account, at module level. Do not make one per request.
- Give a request no \`Authorization\` header, and write no 401 handler, retry or refresh timer for it: the client package does both.
- Do not log, store or return tokens. No error, event or inspected object of valetkey holds one.
- Branch on \`isCredentialError(error, 'reauthorization_required')\`, never on the text of a message.
- Processes that share an account need one store that they share. The memory store is for one process.
- Call \`await credential.close()\` before the program ends.
- Test against a simulator of \`@valetkey/testing\`, not against the vendor.`

/** The sections of a README that an agent needs, in this order. */
const SECTIONS = ['Install', 'Use', 'Errors', 'Limits']

export function skills(): Skill[] {
  const read = (folder: string, file: string) => readFileSync(join(root, folder, file), 'utf8')
  return packageFolders().flatMap((folder) => {
    const { name, private: isPrivate }: Manifest = JSON.parse(read(folder, 'package.json'))
    if (isPrivate) return []
    return [{ name, path: join(folder, 'SKILL.md'), text: skillOf(name, folder, read(folder, 'README.md')) }]
  })
}

/** Agent Skills (agentskills.io): front matter with a name and when to use it, then Markdown. */
function skillOf(name: string, folder: string, readme: string): string {
  const when = folder.startsWith('packages/vendors/') ? 'Use when a program calls that API.' : WHEN[name]
  if (when === undefined) throw new Error(`test/workspace/skills/when.ts does not say when to use ${name}`)
  const [intro = '', ...rest] = readme.split(/^(?=## )/m)
  const sections = SECTIONS.flatMap((title) => rest.filter((section) => section.startsWith(`## ${title}\n`)))
  const body = [intro, RULES, ...sections].map((section) => absoluteLinks(`${folder}/README.md`, section.trim()))
  const about = sentence(intro)
  return `---
name: ${name === 'valetkey' ? 'valetkey-cli' : name.replace('@', '').replace('/', '-')}
description: ${JSON.stringify(`${about} ${when}`)}
---

${body.join('\n\n')}

All options: [README](https://github.com/valetkey/valetkey/tree/main/${folder}). Types with their documentation: \`dist/*.d.ts\` of the package.
`
}

function sentence(intro: string): string {
  const paragraph = intro.split('\n\n')[1] ?? ''
  return (/^.*?\.(?=\s|$)/s.exec(paragraph)?.[0] ?? paragraph).replaceAll(
    /\[([^\]]*)\]\([^)]*\)|\s+/g,
    (_, text) => text ?? ' ',
  )
}

/** Links that work wherever the file is read. */
function absoluteLinks(source: string, markdown: string): string {
  return markdown.replaceAll(/\]\(([^)\s]+)\)/g, (link, href: string) => {
    const target = href.startsWith('#') ? undefined : targetOf(source, href)
    if (href.startsWith('#')) return `](https://github.com/valetkey/valetkey/blob/main/${source}${href})`
    return target === undefined
      ? link
      : `](https://github.com/valetkey/valetkey/blob/main/${target.path}${target.hash})`
  })
}
