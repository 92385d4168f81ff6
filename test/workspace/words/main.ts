import { ALLOWED } from './allowed.ts'
import { filesOf, idiomsIn, wordsIn } from './prose.ts'

/** Prints words and idioms of each place, or of the files named; with `--lines` each idiom with its place. */
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const rows = (paths.length > 0 ? paths.map((path) => ({ place: path, files: [path] })) : places()).map(
  ({ place, files }) => ({
    place,
    words: files.reduce((sum, file) => sum + wordsIn(file), 0),
    found: files.flatMap((file) => idiomsIn(file)),
  }),
)
for (const { place, words, found } of rows) {
  console.log(`${String(words).padStart(7)} words ${String(found.length).padStart(5)} idioms  ${place}`)
  if (process.argv.includes('--lines'))
    for (const { path, line, turn, say } of found) console.log(`  ${path}:${line}: "${turn}": ${say}`)
}

function places() {
  return Object.keys(ALLOWED).map((place) => ({ place, files: filesOf(place) }))
}
