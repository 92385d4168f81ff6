import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError } from '../cli-error.ts'
import { columns } from '../columns.ts'
import type { Invocation, Run } from '../command.ts'
import { configFile, parseConfig } from '../config.ts'
import { isThere } from '../home.ts'
import { type Contents, contentsOfFile, contentsOfFolder } from '../trust/contents.ts'
import { allow, listAllowed, revoke } from '../trust/trust.ts'

export const run: Run = async (invocation) => {
  const { flags, positionals, values } = invocation
  if (values.config !== undefined && positionals.length > 0) throw usageError('give a folder or --config, not both')
  if (flags.list) return await showAllowed(invocation)
  if (flags.revoke) return await revokeTrust(invocation)
  return await trust(invocation)
}

async function trust({ io, output, values, positionals }: Invocation): Promise<undefined> {
  const contents =
    values.config === undefined
      ? contentsOfFolder(resolve(io.cwd, positionals[0] ?? '.'))
      : contentsOfFile(configFile(io, values.config))
  const { path, config, packages } = contents
  if (config === undefined && packages.length === 0) {
    throw usageError(
      `${path}: there is nothing to trust, neither valetkey.config.json nor a package of a vendor or store`,
    )
  }
  const settings = config === undefined ? [] : settingsIn(config)
  await allow(io, contents)
  const found = packages.map(({ name, folder, manifest }) => ({ name, version: String(manifest.version), folder }))
  output.result(
    { path, config: config?.file, packages: found },
    `Trusted: ${path}`,
    ...settings,
    ...found.map(({ name, version, folder }) => `  ${name} ${version}, in ${folder}`),
    'When any of this changes, it has to be trusted again.',
  )
  return undefined
}

/** A person sees which hosts they allow; other values might be secrets that should not be there. */
function settingsIn({ file, text }: NonNullable<Contents['config']>): string[] {
  const { vendors } = parseConfig(file, text)
  const hosts = Object.entries(vendors).flatMap(([vendor, { options }]) =>
    Object.entries(options).flatMap(([name, value]) =>
      originsOf(value).map((origin) => `    ${vendor}: ${name} ${origin}`),
    ),
  )
  return [`  ${file}`, ...hosts]
}

function originsOf(value: unknown): string[] {
  const texts = [value].flat().filter((text) => typeof text === 'string')
  return texts.flatMap((text) => (/^https?:/i.test(text) && URL.canParse(text) ? [new URL(text).origin] : []))
}

async function revokeTrust({ io, output, values, positionals }: Invocation): Promise<undefined> {
  const isFolder = values.config === undefined
  const given = resolve(io.cwd, values.config ?? positionals[0] ?? '.')
  const path = isThere(given) ? realpathSync.native(given) : given
  const revoked = await revoke(io, path, isFolder)
  output.result({ path, revoked }, revoked ? `No longer trusted: ${path}` : `${path} was not trusted.`)
  return undefined
}

async function showAllowed({ io, output }: Invocation): Promise<undefined> {
  const trusted = await listAllowed(io)
  const rows = trusted.map(({ path, state }) => [path, state])
  output.result({ trusted }, ...(rows.length === 0 ? [] : columns([['TRUSTED', 'STATE'], ...rows])))
  return undefined
}
