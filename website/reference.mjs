// Writes the API reference as Markdown into `reference/`, one page for each entry point of the published packages.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Application, Comment, ReflectionKind } from 'typedoc'

const root = join(import.meta.dirname, '..')

/** How every entry point is imported, and what it is for, by its source file. */
const entryPoints = new Map(
  globSync('packages/{*,*/*}/package.json', { cwd: root, exclude: ['**/node_modules/**'] }).flatMap(entryPointsOf),
)

const application = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: [...entryPoints.keys()],
  tsconfig: join(import.meta.dirname, 'tsconfig.json'),
  outputs: [{ name: 'markdown', path: join(import.meta.dirname, 'reference') }],
  router: 'module',
  logLevel: 'Warn',
  treatWarningsAsErrors: true,
  excludeExternals: true,
  disableSources: true,
  readme: 'none',
  entryFileName: 'index',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  groupOrder: ['Variables', 'Functions', 'Classes', 'Interfaces', 'Type Aliases'],
  expandObjects: true,
  expandParameters: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  classPropertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  typeDeclarationVisibility: 'compact',
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
  pageTitleTemplates: { index: 'API reference', module: ({ name }) => name },
})

const project = await application.convert()
if (project === undefined) throw new Error('the sources do not compile')
for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
  const { fileName = '' } = project.getSymbolIdFromReflection(module) ?? {}
  const { specifier, about } = entryPoints.get(fileName)
  module.name = specifier
  module.comment = new Comment([{ kind: 'text', text: about }])
}
application.validate(project)
await application.generateOutputs(project)
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1

function entryPointsOf(file) {
  const { name, description, private: isPrivate, exports } = JSON.parse(readFileSync(join(root, file), 'utf8'))
  if (isPrivate) return []
  const folder = dirname(file)
  const about = `${description} [How to use it](https://github.com/valetkey/valetkey/tree/main/${folder}).`
  return Object.entries(exports).flatMap(([entry, { '@valetkey/source': source }]) =>
    // A module of the catalogue has a page of its own.
    source === undefined || source.includes('*')
      ? []
      : [[join(root, folder, source), { specifier: join(name, entry), about }]],
  )
}
