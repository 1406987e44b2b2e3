import { globSync } from 'node:fs'
import t from 'tap'
import { both, inLanguage, same } from '../../src/i18n/both.ts'
import { catalogue, mailText } from '../../src/i18n/index.ts'
import { ROOT, read } from '../helper/files.ts'

function keys(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, content]) => keys(content, `${path}.${key}`))
}

t.test('every text is a string or a function, the same way in both languages', async (t) => {
  for (const texts of [catalogue, mailText]) {
    t.strictSame(keys(texts('en')), keys(texts('pt-BR')))
    t.strictSame(
      keys(texts('en')).filter((key) => !/: (string|function)$/.test(key)),
      [],
    )
  }
})

t.test('no text is unused', async (t) => {
  const files = globSync(['src/**/*.{ts,mjs}', 'tasks/*.ts', 'sql/**/*.sql'], { cwd: ROOT })
  const said = files
    .filter((file) => !file.startsWith('src/i18n/'))
    .map(read)
    .join()
  const words = new Set(said.match(/[\p{L}\p{N}_]+/gu))
  const names = [catalogue, mailText]
    .flatMap((texts) => keys(texts('en')))
    .map((key) => key.replace(/: \w+$/, ''))
  // A text in a list belongs to the list, and a text of several words is used where these are.
  const parts = (key: string) =>
    key
      .replace(/([.]\d+)+$/, '')
      .split('.')
      .at(-1)
      ?.match(/[\p{L}\p{N}_]+/gu) ?? []
  t.same(
    names.filter((key) => !parts(key).every((word) => words.has(word))),
    [],
  )
})

t.test('a text that is missing in one language does not compile', async (t) => {
  const mistakes = () => [
    // @ts-expect-error English is missing
    both('só português'),
    // @ts-expect-error a bare text, of no language
    inLanguage({ title: 'Conferente' }, 'en'),
    both(
      (name: string) => `nome ${name}`,
      // @ts-expect-error English takes what Portuguese takes
      (count: number) => `name ${count}`,
    ),
  ]
  t.type(mistakes, 'function')
  t.strictSame(inLanguage({ keys: [[same('j'), both('desce', 'down')]] }, 'en'), { keys: [['j', 'down']] })
})
