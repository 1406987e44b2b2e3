import t from 'tap'
import { en } from '../../src/i18n/en.ts'
import { ptBR } from '../../src/i18n/pt-BR.ts'

function keys(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, content]) => keys(content, `${path}.${key}`))
}

t.test('both languages say the same things', async (t) => {
  t.strictSame(keys(en), keys(ptBR))
})
