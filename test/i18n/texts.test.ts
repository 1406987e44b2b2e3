import t from 'tap'
import { both, inLanguage, same } from '../../src/i18n/both.ts'
import { catalogue, mailText } from '../../src/i18n/index.ts'

function keys(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, content]) => keys(content, `${path}.${key}`))
}

t.test('every text is a text or a function of it, alike in both languages', async (t) => {
  for (const texts of [catalogue, mailText]) {
    t.strictSame(keys(texts('en')), keys(texts('pt-BR')))
    t.strictSame(
      keys(texts('en')).filter((key) => !/: (string|function)$/.test(key)),
      [],
    )
  }
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
