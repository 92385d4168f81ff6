// Writes the API reference as Markdown into `reference/`, one page for each entry point of the published packages.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Application, ReflectionKind } from 'typedoc'

const root = join(import.meta.dirname, '..')

/** Names every entry point's module as it is imported. @type {Map<string, string>} from source file to specifier */
const specifiers = new Map(
  globSync('packages/{*,*/*}/package.json', { cwd: root, exclude: ['**/node_modules/**'] }).flatMap(entriesOf),
)

const application = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: [...specifiers.keys()],
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
  module.name = specifiers.get(fileName) ?? module.name
}
await application.generateOutputs(project)
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1

function entriesOf(file) {
  const { name, private: isPrivate, exports } = JSON.parse(readFileSync(join(root, file), 'utf8'))
  if (isPrivate) return []
  return Object.entries(exports).flatMap(([entry, target]) => {
    const source = target['@valetkey/source']
    return source === undefined ? [] : [[join(root, dirname(file), source), join(name, entry)]]
  })
}
