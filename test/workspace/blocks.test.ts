import { expect, test } from 'vitest'
import { blocksOf } from './examples/blocks.ts'

const MARKDOWN = `# Title

## Use

\`\`\`ts
# not a heading
const a = 1

const b = 2
\`\`\`

### Next

\`\`\`sh [npm]
npm start
\`\`\`
`

test('the code blocks of a document are read with their language, heading and place', () => {
  expect(blocksOf('README.md', MARKDOWN)).toEqual([
    {
      document: 'README.md',
      line: 6,
      language: 'ts',
      heading: 'Use',
      code: '# not a heading\nconst a = 1\n\nconst b = 2',
    },
    { document: 'README.md', line: 15, language: 'sh', heading: 'Next', code: 'npm start' },
  ])
})
